// What the staff's pages do beyond HTML and htmx. Every page works without it.
import { start } from "./application.js";
import alert from "./controllers/alert.js";
import checkAll from "./controllers/check_all.js";
import dialog from "./controllers/dialog.js";
import menu from "./controllers/menu.js";
import messages from "./controllers/messages.js";
import opener from "./controllers/opener.js";
import palette from "./controllers/palette.js";
import selection from "./controllers/selection.js";
import theme from "./controllers/theme.js";

start({ alert, "check-all": checkAll, dialog, menu, messages, opener, palette, selection, theme });
