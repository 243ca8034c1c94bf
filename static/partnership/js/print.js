import { start } from "./application.js";
import print from "./controllers/print.js";

document.documentElement.classList.add("js");
start({ print });
