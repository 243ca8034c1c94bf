// The token that guards forms against other sites. Signing in makes a new one, which pages that were open before lack: the
// cookie has it.
export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}
