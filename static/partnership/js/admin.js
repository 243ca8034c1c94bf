// What the header needs on the pages of Django's admin.
import { start } from "./application.js";
import menu from "./controllers/menu.js";
import theme from "./controllers/theme.js";

start({ menu, theme });
