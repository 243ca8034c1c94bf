// Whether an event of htmx is about the composer's form being sent, not previewed and no other one.
export function isSending({ detail: { requestConfig } }) {
  return requestConfig?.verb === "post" && Boolean(requestConfig.elt?.matches("#composer > form"));
}

// Whether the server failed while it worked on what was sent, or something between it and the page: it may be saved.
export function isUncertain({ detail: { requestConfig, xhr } }) {
  return requestConfig?.verb !== "get" && xhr.status >= 500;
}
