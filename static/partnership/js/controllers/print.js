import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A page made for paper: the button prints it where the browser's own menu isn't at hand.
export default class extends Controller {
  print() {
    window.print();
  }
}
