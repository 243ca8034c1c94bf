// Whether an event of htmx is about the composer's form being sent, not previewed and no other one.
export function isSending({ detail: { requestConfig } }) {
  return requestConfig?.verb === "post" && Boolean(requestConfig.elt?.matches("#composer > form"));
}
