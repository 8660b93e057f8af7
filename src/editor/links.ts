/** Links of an answer: opened in the browser once a person has seen where they lead, whole, with the host as it is looked up. */
import * as vscode from 'vscode';

/** `href`: https, as the panel's parser has checked it. */
export async function openLink(href: string): Promise<void> {
  // Letters that look like others are spelled in the host, and `name@` before it shows as what it is.
  const { host, href: whole } = new URL(href);
  const detail = `${whole}\n\nThe link stands in an answer of the model. All of it goes to ${host}.`;
  const picked = await vscode.window.showInformationMessage(`Open a page of ${host}?`, { modal: true, detail }, 'Open');
  if (picked !== undefined) await vscode.env.openExternal(vscode.Uri.parse(whole, true));
}
