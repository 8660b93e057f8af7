/** The tools of the agent, in the order in which the model reads them. */
import type { CodeIndex, Files, LanguageServers, Search, Shell } from '../core/ports.ts';
import type { RecallSource } from '../core/recall.ts';
import type { Notes } from '../core/notes.ts';
import type { Tool } from '../core/tool.ts';
import { Commands } from './commands.ts';
import { deleteFile } from './deleteFile.ts';
import { editFile } from './editFile.ts';
import { findReferences } from './findReferences.ts';
import { findSymbol } from './findSymbol.ts';
import { listFiles } from './listFiles.ts';
import { moveFile } from './moveFile.ts';
import { outline } from './outline.ts';
import { readFile } from './readFile.ts';
import { recall } from './recall.ts';
import { readOutput } from './readOutput.ts';
import { remember } from './remember.ts';
import { runCommand } from './runCommand.ts';
import { searchText } from './searchText.ts';
import { sendInput } from './sendInput.ts';
import { stopCommand } from './stopCommand.ts';
import { updatePlan } from './updatePlan.ts';
import { writeFile } from './writeFile.ts';

export interface ToolPorts {
  readonly files: Files;
  readonly search: Search;
  readonly shell: Shell;
  /** Where its commands go on; without, in a place of their own. */
  readonly commands?: Commands;
  /** Without: no tools on symbols. */
  readonly index?: CodeIndex;
  readonly languageServers?: LanguageServers;
  /** Without: nothing is remembered. */
  readonly notes?: Notes;
  /** Where `recall` looks besides the session. */
  readonly recalls?: readonly RecallSource[];
}

/** **Invariant:** order and texts do not change within a session: they are the first bytes of every request. */
export function createTools({
  files,
  search,
  shell,
  index,
  languageServers,
  recalls = [],
  ...rest
}: ToolPorts): readonly Tool[] {
  const commands = rest.commands ?? new Commands({ shell, clock: { now: Date.now } });
  const servers = languageServers ?? null;
  return [
    readFile(files),
    listFiles(files),
    searchText(files, search),
    ...(index ? [findSymbol(files, index), outline(files, index, servers), findReferences(files, index, servers)] : []),
    editFile(files),
    writeFile(files),
    deleteFile(files),
    moveFile(files),
    runCommand(files, shell.name, commands),
    readOutput(commands),
    sendInput(commands),
    stopCommand(commands),
    updatePlan(),
    recall(recalls),
    ...(rest.notes ? [remember(rest.notes)] : []),
  ];
}
