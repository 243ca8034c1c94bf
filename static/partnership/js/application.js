// Stimulus binds a controller to each element that names it in data-controller, also to those that htmx swaps in.
import { Application } from "../../vendor/stimulus/stimulus.js";

// Start Stimulus with { identifier: controller }.
export function start(controllers) {
  const application = new Application();
  for (const [identifier, controller] of Object.entries(controllers)) application.register(identifier, controller);
  application.start();
}
