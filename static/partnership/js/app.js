// What the staff's pages do beyond HTML and htmx. Every page works without it.
import { start } from "./application.js";
import ahead from "./controllers/ahead.js";
import alert from "./controllers/alert.js";
import attachments from "./controllers/attachments.js";
import blanks from "./controllers/blanks.js";
import checkAll from "./controllers/check_all.js";
import composer from "./controllers/composer.js";
import copy from "./controllers/copy.js";
import csrf from "./controllers/csrf.js";
import dialog from "./controllers/dialog.js";
import entries from "./controllers/entries.js";
import line from "./controllers/line.js";
import mentions from "./controllers/mentions.js";
import menu from "./controllers/menu.js";
import messages from "./controllers/messages.js";
import news from "./controllers/news.js";
import opener from "./controllers/opener.js";
import palette from "./controllers/palette.js";
import panes from "./controllers/panes.js";
import passkey from "./controllers/passkey.js";
import print from "./controllers/print.js";
import replies from "./controllers/replies.js";
import selection from "./controllers/selection.js";
import shortcuts from "./controllers/shortcuts.js";
import step from "./controllers/step.js";
import tabs from "./controllers/tabs.js";
import theme from "./controllers/theme.js";
import typing from "./controllers/typing.js";

start({
  ahead,
  alert,
  attachments,
  blanks,
  "check-all": checkAll,
  composer,
  copy,
  csrf,
  dialog,
  entries,
  line,
  mentions,
  menu,
  messages,
  news,
  opener,
  palette,
  panes,
  passkey,
  print,
  replies,
  selection,
  shortcuts,
  step,
  tabs,
  theme,
  typing,
});
