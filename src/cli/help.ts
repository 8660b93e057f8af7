/** The help of the command line: for each command its options and an example. */

const running = `  --max-steps N               what one task may use: requests to the model (default 100)
  --max-minutes N             minutes, waiting for you not counted (default 60)
  --budget-usd N              what the session may use: dollars, such as 2 or 0.50; a price that is not known is told
  --budget-tokens N           tokens of all kinds together
  --budget SCOPE.UNIT=N       any of turn, session, day (all sessions together) with usd, tokens, steps, minutes: day.usd=5;
                              at 80 % a warning; at the end it asks for more, or ends with a report and exit code 5
  --output text|json|ndjson   json: one report at the end; ndjson: each event as it happens, then the report
  --input ndjson              with --output ndjson: a program steers the run and answers its questions, one JSON object a
                              line on standard input (below)
  --when-alone suspend|deny   once standard input has ended and a question comes up: suspend the session, so that it
                              asks again when it is resumed (default), or deny and go on
  --question-timeout MINUTES  a question that nobody has answered by then is denied, and it goes on (default: it waits)
  --no-sandbox                commands run with your rights, also where a sandbox could hold them
  --effort LEVEL              how much the model thinks, where it can be told: low, medium, high, xhigh, max
  --plan-model ID, --summary-model ID, --title-model ID   other models for the mode plan, for summaries, and for a title
  --fallback-model ID         where a step goes when its model was overloaded three times in a row; the next comes back
  --model-timeout MINUTES     until a server has to begin its answer (default 2; 10 for one on this machine or network)`;

const whileRunning = `While it runs, at a terminal: a line is queued as the next message. /steer TEXT is given to the model with its next
request · /queue · /cancel N · /pause · /resume · /stop · /compact [WORDS] · /help. Ctrl-C stops with a report; a second one ends
it as it is. SIGTERM and SIGHUP suspend it: "journeyman resume" goes on where it was.

With --input ndjson: {"type":"send","text":"…","attachments":[]} · steer likewise · {"type":"change_message","message":ID,
"text":"…","steer":true,"before":ID} · {"type":"cancel_message","message":ID} · pause · resume · stop · {"type":"compact","keep":"…"} · {"type":
"set","mode":"edit"} · {"type":"answer","call":ID,"token":TOKEN,"answer":{"action":"allow"}} · {"type":"hunk","call":ID,
"token":TOKEN,"hunk":ID,"verdict":"accepted"}. Each question is printed as approval.requested and {"type":"ask","call":ID,
"token":TOKEN}. What cannot be read or done is answered by {"type":"error","message":"…","line":"…"} and changes nothing.`;

const exitCodes = `Exit code: 0 done, with evidence · 2 done, not verified · 3 partly done · 4 denied, or a person is needed
           5 a limit was reached · 1 error · 130 interrupted or suspended`;

const rulesFiles = `/etc/journeyman/managed-settings.json (of the machine; on macOS and Windows in the folder that
all users share), settings.json in ~/.config/journeyman (yours; JOURNEYMAN_HOME where that is set; the user's application folder
on macOS and Windows), and .journeyman/settings.json of the folder, which may only tighten until you trust it;`;

export const helpTexts = {
  all: `journeyman: a coding agent for whole tasks

  journeyman run "<task>"             carry a task out in a folder
  journeyman resume [SESSION]         go on with a session: after a pause or a crash, or with a further message

  journeyman sessions                 sessions so far; --search finds words in them
  journeyman log [SESSION]            what happened in one, step by step; --step shows the prompt of a step, --cost what each cost
  journeyman replay [SESSION]         run one again from its record, offline, and compare
  journeyman checkpoints [SESSION]    points that its files can go back to
  journeyman restore SESSION CHECKPOINT   take back what the agent changed since

  journeyman select "<task>"          the code that a task would be shown first, and why
  journeyman index                    make the symbol index of a folder, or bring it up to date; --stats

  journeyman audit [verify]           what was done, on whose word; whether that is as it was written
  journeyman model test               whether the model answers and calls tools, and what to do where it does not
  journeyman redact                   standard input without its secrets
  journeyman permission check "<line>"  whether a command line would run without a question, and why

  journeyman hooks                    programs of yours that hear what happens; trust
  journeyman memory                   what is remembered; lessons of past sessions

  journeyman fork SESSION             a new session that begins as a copy
  journeyman export SESSION [FILE]    all of a session as one file
  journeyman import FILE              a session from such a file
  journeyman rename SESSION TITLE     give it a title
  journeyman close SESSION            mark it as finished
  journeyman delete SESSION           remove it with all that is kept of it
  journeyman help COMMAND             options and examples of a command

The model: ANTHROPIC_API_KEY, and ANTHROPIC_BASE_URL for any endpoint that speaks the Messages API
(Ollama, LM Studio, llama.cpp, vLLM, gateways). Sessions are kept in JOURNEYMAN_HOME (by default the
user's data folder), never in the workspace.
`,
  model: `journeyman model test [options]

Sends one small request with a tool to the model that a run would use, and says what is wrong: no key, a key that is
refused, a server that is not reached, a page in place of the API, no such model, no tools, a small window, a slow start.

  --model ID                  as for "journeyman run"
  --model-timeout MINUTES     until the server has to begin its answer
  --json                      one line: {"model":ID,"works":true,"lines":[…]}

Exit code: 0 it works · 1 it does not

  ANTHROPIC_BASE_URL=http://127.0.0.1:11434 journeyman model test --model qwen3-coder:30b
`,
  run: `journeyman run "<task>" [options]

A task "/name arguments" stands for a prompt file (.journeyman/prompts/NAME.md, .github/prompts/NAME.prompt.md,
~/.agents/prompts/NAME.md) or a skill of that name, or /init, which has an AGENTS.md written.

  --workspace DIR             the folder to work in (default: this one)
  --permission-mode MODE      plan: read only, ends with a plan · ask: edits and commands ask (default)
                              edit: edits of the workspace apply at once, commands ask · auto: commands that the
                              sandbox holds run too, dangerous ones ask (needs a sandbox)
  --allow RULE                may be given more than once: "shell(exact: npm test)", "shell(prefix: git log)",
                              "write(docs/**)", "read(../lib/**)"
  --ask RULE, --deny RULE     as --allow; a denial stands before a question, a question before what is allowed. Rules of
                              files count too: "journeyman help permission"
  --model ID                  as the endpoint names it; "practice" answers from recorded replies for the sample
                              project; default: JOURNEYMAN_MODEL, else what the endpoint offers
${running}

Where there is a terminal it asks there. Without one, and without --input, a question is a denial that says so.

${whileRunning}

${exitCodes}

Examples:
  journeyman run "Why does the parser drop the last line? Fix it." --allow "shell(exact: npm test)"
  journeyman run "List what is missing in the docs" --permission-mode plan --output json | jq .outcome.summary
`,
  resume: `journeyman resume [SESSION] ["<message>"] [options]

Goes on with a session (default: the last one of the folder): a turn that was paused or cut off goes on where it was, then
what waits in the queue; a message starts the next turn, behind a turn that is still open. A single word of 12 hex digits is
a session, anything else a message. What was recorded is used and not asked for again; a command whose end was not seen is
not run again by itself.

  --workspace DIR             whose last session (default: this folder); it works in the folder that it was started in
  --steer                     the message is given to the model with its next request, in the turn that is open
  --edit N                    the message takes the place of that of turn N: the conversation goes back to before it, files stay
  --permission-mode MODE      from here on: plan, ask, edit or auto
  --model ID                  from here on
${running}

${whileRunning}

${exitCodes}

Examples:
  journeyman resume
  journeyman resume 4f0c2a9be771 "Now do the same for the importer"
  journeyman resume 4f0c2a9be771 "Only the exporter, please" --edit 2
`,
  sessions: `journeyman sessions [options]

  --workspace DIR             only those of this folder
  --search WORDS              only those with all these words in title, messages or file names
  --output text|json|ndjson

Examples:
  journeyman sessions --workspace . --output json | jq -r '.[0].id'
  journeyman sessions --search "parser last line"
`,
  log: `journeyman log [SESSION] [options]

What happened in a session (default: the last one), step by step. Of a damaged one all up to the damage.

  --step N                    the exact prompt of this step instead: of the last turn, or of --turn
  --turn T
  --cost                      what each request has cost, by kind of tokens, and the sums by turn, purpose and model
  --output text|json|ndjson   ndjson: the events as they are on disk

Examples:
  journeyman log --output ndjson | jq 'select(.type == "tool.decided")'
  journeyman log 4f0c2a9be771 --turn 1 --step 3
`,
  replay: `journeyman replay [SESSION] [options]

Runs a session (default: the last one) again, offline, from its recorded replies and results, and compares each prompt with
the one that was sent. Nothing is executed and nothing written. Exit code: 0 the same · 2 it differs, and where first.

  --output text|json

Example:
  journeyman replay 4f0c2a9be771
`,
  checkpoints: `journeyman checkpoints [SESSION] [options]

The points that the files of a session (default: the last one) can go back to, newest last.

  --output text|json|ndjson

Example:
  journeyman checkpoints 4f0c2a9be771
`,
  restore: `journeyman restore SESSION CHECKPOINT [options]

Takes back what the agent has changed since a checkpoint, and nothing else: what you changed around it stays. Shows first what
would happen, and asks at a terminal. It is a checkpoint itself, so that it can be taken back too.

  --files                     only the files (default)
  --conversation              only the conversation: it goes on from there
  --both
  --dry-run                   show what would happen, and do nothing
  --yes                       do not ask; needed where there is no terminal
  --mine PATH                 a file that both have changed in the same place stays as it stands (may be repeated)
  --old PATH                  such a file goes back to its old content, without your changes (may be repeated)
  --output text|json

Examples:
  journeyman restore 4f0c2a9be771 81b2c6d0a3f4 --dry-run
  journeyman restore 4f0c2a9be771 81b2c6d0a3f4 --both --yes --mine src/a.ts
`,
  select: `journeyman select "<task>" [options]

Shows what would be picked of the code for a task, as the model is shown it at its first step: files and symbols, each with
the reasons, and what each costs. No model is asked.

  --budget N                  tokens at most, 4 characters each (default 4000)
  --seen FILE                 was looked at already: it counts for what matters, and is not shown again (may be repeated)
  --workspace DIR             the folder to look in (default: this one)
  --output text|json          json: the ranking and the pieces with their texts

  journeyman select --batch   tasks from standard input, a JSON object a line ({"id", "checkout", "task", "budgets", "seen"}),
                              and the files, symbols and line ranges for each on standard output: what bench:context scores

Examples:
  journeyman select "Why does the parser drop the last line?"
  journeyman select "Retry uploads" --seen src/upload.ts --budget 2000 --output json | jq -r '.pieces[].path'
`,
  audit: `journeyman audit [verify] [options]

What was done in sessions: each effect before and after it, each denial, with the step it came from, who decided and by which
rule, the exit code and the files changed. Each line names the one before it by its hash, so that "verify" tells where one was
changed, taken out or put in; a last line that a crash cut off is told apart. The end of the chain is kept beside it, so that lines
missing at the end, and an audit that is gone, are told too; not where both were taken away together.

  --session ID                only this one; also one that was deleted
  --json                      a JSON object a line

Exit code: 0 as it was written · 1 changed, or an error

Example:
  journeyman audit verify
`,
  redact: `journeyman redact

Copies standard input to standard output and takes secrets out on the way, as the agent does with all that it reads: each
becomes "[redacted: what]". Known are tokens by how their issuers build them, values beside names that name a secret, passwords
in addresses, key blocks, and the values of variables of this environment whose names name a secret. Placeholders, hashes and
identifiers stay. It is no proof that nothing is left: look at it before you pass it on.

  journeyman redact --batch   texts from standard input, a JSON object a line ({"id", "text"}), and {"id", "output"} for each on
                              standard output

Example:
  kubectl logs app | journeyman redact > app.log
`,
  permission: `journeyman permission check "<line>" [options]

Judges a command line as the agent's are judged, and runs nothing: read, write or dangerous, by the worst of its parts, with
the part that decides and why; then what the rules of files make of it here, and which rule of which file.

  --shell SHELL               bash (default), zsh, powershell or cmd: for which shell it is written
  --workspace DIR             whose rules, and where it would run (default: this folder)
  --no-rules                  as if there were none
  --json                      {"tier", "runs", "verdict", "part", "because", "paths", "rule", "broken"}

  journeyman permission rules [--workspace DIR] [--json]   the rules of all files that count here, and what is wrong in them
  journeyman permission trust HASH [--workspace DIR]       what the folder's own file allows counts, as long as it stays as it is

Rules stand in ${rulesFiles}
all of them {"permissions": {"allow": ["shell(exact: npm test)"], "ask": ["write(docs/**)"], "deny": ["read(secrets/**)"]}}.
Deny stands before ask, ask before allow, whatever the file. While a file is broken it allows nothing, and every command asks.

  journeyman permission check --batch   lines ({"id", "shell", "cmd"}) and calls of tools ({"id", "tool", "input", "setup"}) from
                              standard input, a JSON object a line, and {"id", "verdict"} for each on standard output:
                              what bench:security scores. A call is judged in a folder that is made for it, and changes nothing

Examples:
  journeyman permission check "grep -rn TODO src | head"
  journeyman permission check --shell powershell "Get-ChildItem | Remove-Item"
`,
  memory: `journeyman memory [list | show NOTE | search "WORDS" | add "TITLE" "TEXT" | remove NOTE | lessons [SESSION]] [options]

What the agent is told of at the start of each session, one line a note; it reads the rest by need, and asks before it keeps
one. Notes are Markdown files that you may edit: yours for all projects, and those of a folder, which lie beside them unless
the folder has a .journeyman/memory of its own. "list" says where. A note of the same title is replaced.

"lessons" proposes notes from a session (default: the last of the folder) with the words that show them: what you said of
changes more than once, commands that you denied with a reason, a check that was found only after others failed.

  --kind KIND                 preference, fact (default) or feedback
  --for WHOM                  user: all of your projects (default for preferences) · project: this folder
  --keep N[,N]                of the lessons: keeps these; nothing is kept without it
  --workspace DIR             the folder (default: this one)
  --json                      one object a note

Examples:
  journeyman memory add "Answers" "Short, in German." --kind preference
  journeyman memory lessons --keep 1,3
`,
  hooks: `journeyman hooks [list | trust HASH | distrust HASH] [--workspace DIR] [--json]

Lists the hooks of all settings files that count here ("journeyman help permission" says which), and takes your word on each.
A hook is a program that hears what happens, as JSON on standard input: PreToolUse, PostToolUse, UserPromptSubmit, SessionStart,
Stop, PreCompact. It may stop it (exit code 2, and why on standard error), or print JSON: {"hookSpecificOutput":
{"permissionDecision": "deny" or "ask", "permissionDecisionReason", "additionalContext", "updatedInput"}} or {"decision": "block",
"reason"}. It never allows what would ask. One that crashes, takes too long or prints no JSON stops what it was to judge.

  {"hooks": {"PreToolUse": [{"matcher": "run_command|write_file", "hooks": [{"type": "command", "command": "./check.sh", "timeout": 60}]}]}}

A hook runs once you have agreed to it as it is, with the script that it names; a change asks again. Until then one of your own
stops what it would have judged, one of the folder does not run.

Example:
  journeyman hooks trust 3f2a91c07be4
`,
  index: `journeyman index [options]

Makes the symbol index of a folder, or brings it up to date: files whose size and date are the same are not read again. It is
kept beside the sessions, never in the workspace. Ctrl-C stops it, and what was read by then is kept.

  --stats                     also by language, with definitions and MB, the memory it took and where it is kept
  --rebuild                   begin again, with nothing
  --workspace DIR             the folder (default: this one)
  --output text|json

Exit code: 0 done · 1 error · 130 stopped

Example:
  journeyman index --stats --workspace .
`,
  fork: `journeyman fork SESSION [options]

Makes a new session that begins as a copy of another, and prints its id. The other stays as it is, and may be running.

  --turn N                    all up to the end of this turn (default: all there is)

Example:
  journeyman resume "$(journeyman fork 4f0c2a9be771 --turn 2)" "Try it with a stack instead"
`,
  export: `journeyman export SESSION [FILE]

Writes all of a session, with the copies of files that it keeps, as one file: to standard output, or SESSION.journeyman where
that is a terminal. "-" is standard output. An existing file is not overwritten. It holds what the session has read and
written: look at it before you pass it on.

Example:
  journeyman export 4f0c2a9be771 parser.journeyman
`,
  import: `journeyman import FILE

Reads a session from an exported file ("-": standard input) and prints the id that it has here. Its rules, its mode and what
waited in it count for nothing here.

Example:
  journeyman log "$(journeyman import parser.journeyman)"
`,
  rename: `journeyman rename SESSION TITLE

Example:
  journeyman rename 4f0c2a9be771 "Parser: last line"
`,
  close: `journeyman close SESSION

Marks a session as finished. A further message opens it again.

Example:
  journeyman close 4f0c2a9be771
`,
  delete: `journeyman delete SESSION [options]

Removes a session with all that is kept of it. That cannot be taken back; the files of the workspace stay as they are.

  --yes                       do not ask; needed where there is no terminal

Example:
  journeyman delete 4f0c2a9be771 --yes
`,
} as const;

export type HelpTopic = keyof typeof helpTexts;
