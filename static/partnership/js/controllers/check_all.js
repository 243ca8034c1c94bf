import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A form whose radio buttons of one value are all chosen by one button: a whole class is present by one click.
export default class extends Controller {
  check({ params: { value } }) {
    const radios = this.element.querySelectorAll(`fieldset input[type=radio][value="${CSS.escape(value)}"]`);
    for (const radio of radios) radio.checked = true;
  }
}
