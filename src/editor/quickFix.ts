/** "Fix with Journeyman" on the editor's problems: offers only, nothing is looked at before it is chosen. */
import * as vscode from 'vscode';

export const quickFix: vscode.CodeActionProvider = {
  provideCodeActions({ uri }, _range, { diagnostics }) {
    const worth = diagnostics.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
    const on = vscode.workspace.getConfiguration('journeyman').get<unknown>('quickFix') !== false;
    if (worth.length === 0 || !on) return [];
    const title = 'Fix with Journeyman';
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = worth;
    action.command = { title, command: 'journeyman.fixProblem', arguments: [uri, worth] };
    return [action];
  },
};

export const quickFixKinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
