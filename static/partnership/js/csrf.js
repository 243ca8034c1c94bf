// The token that guards forms against other sites. Signing in makes a new one, which pages that were open before lack: the
// cookie has it.
export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

// Where the browser has lost the cookie, any page brings it back.
export async function restoredToken() {
  if (!csrfToken()) await fetch(location.href, { cache: "no-store" }).catch(() => undefined);
  return csrfToken() ?? "";
}
