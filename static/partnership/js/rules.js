// The page of a rule set in the admin.
import { start } from "./application.js";
import ruleFields from "./controllers/rule_fields.js";
import ruleOrder from "./controllers/rule_order.js";
import ruleWords from "./controllers/rule_words.js";
import tickList from "./controllers/tick_list.js";

start({ "rule-fields": ruleFields, "rule-order": ruleOrder, "rule-words": ruleWords, "tick-list": tickList });
