/** Programs and builtins whose danger lies in their name, with the reason as a person reads it; and those that start another program. */

const reasons: readonly (readonly [because: string, names: string])[] = [
  [
    'raises privilege or changes who may do what',
    'sudo doas su pkexec runas gosu sg newgrp visudo passwd chpasswd useradd usermod userdel groupadd groupdel groupmod adduser deluser addgroup chsh chfn vipw nsenter unshare chroot setcap capsh takeown icacls dscl csrutil spctl',
  ],
  [
    'destroys data or a system for good',
    'shred wipe srm wipefs mkfs mke2fs mkswap fdisk sfdisk gdisk parted cryptsetup dd truncate shutdown reboot halt poweroff init telinit dropdb dropuser diskutil diskpart bcdedit vssadmin blkdiscard hdparm tmutil',
  ],
  [
    'changes the system',
    'mount umount swapoff swapon modprobe insmod rmmod iptables ip6tables nft ufw update-alternatives update-rc.d chkconfig kextload setenforce',
  ],
  [
    'makes something run later',
    'at batch atrm anacron systemd-run service launchctl schtasks sc setx autostart alias trap bind complete enable incrontab inotifywait',
  ],
  ['ends other processes', 'killall pkill killall5 xkill skill tskill taskkill'],
  [
    'opens a channel to the network',
    'nc ncat netcat telnet socat ngrok cloudflared localtunnel lt bore frpc chisel ssh scp sftp ftp tftp lftp mosh rsh rlogin rcp autossh sshpass getent dig nslookup host drill ping ping6 traceroute tracepath whois tcpdump mail mailx sendmail mutt msmtp swaks rclone s3cmd gsutil azcopy xdg-open open sensible-browser mshta certutil bitsadmin',
  ],
  [
    'shows or changes secrets',
    'history fc gpg2 pass gopass vault security secret-tool keyring lpass op bw chamber sops age ssh-keygen ssh-add ssh-agent ssh-copy-id pbpaste xclip xsel wl-paste screencapture scrot cmdkey keyctl',
  ],
  [
    'acts on machines or services elsewhere',
    'aws gcloud az doctl heroku fly flyctl vercel netlify firebase wrangler supabase serverless sls pulumi ansible ansible-playbook ansible-vault cdk eb linode-cli oci ibmcloud twine',
  ],
  ['runs text that it is given', 'osascript xdotool wmic rundll32 regsvr32 cscript wscript'],
];
export const dangerousNames: ReadonlyMap<string, string> = new Map(
  reasons.flatMap(([because, names]) => names.split(' ').map((name) => [name, because] as const)),
);

/** Found in these whatever stands before them: no other words are spelled so. */
export const plainlyDangerous: ReadonlySet<string> = new Set(
  'rm shred dd sudo doas pkexec mkfs wipefs nc ncat socat scp ssh killall pkill crontab systemctl eval sh bash zsh dash ksh fish pwsh powershell xargs'.split(
    ' ',
  ),
);

/** What they start follows among their words. */
export const wrappers: ReadonlySet<string> = new Set(
  'env time gtime timeout gtimeout nice ionice nohup setsid stdbuf command builtin exec strace ltrace gdb lldb valgrind perf rr watch flock script scriptreplay chrt taskset numactl prlimit busybox toybox fakeroot firejail bwrap proot xvfb-run dbus-run-session unbuffer rlwrap torsocks proxychains proxychains4 parallel entr nodemon watchexec tmux screen caffeinate arch npx pnpx bunx uvx pipx poetry pipenv uv bundle docker podman nerdctl kubectl oc ip noglob nocorrect repeat call start cmd find fd forfiles for if & . - @ else do not exist'.split(
    ' ',
  ),
);

export const shells: ReadonlySet<string> = new Set(
  'sh bash zsh dash ksh mksh fish csh tcsh ash rbash pwsh powershell'.split(' '),
);

/** Interpreters, with the options that bring their code along. */
export const interpreters: ReadonlyMap<string, RegExp> = new Map([
  ...['python', 'pypy'].map((name) => [name, /^-[a-zA-Z]*c/] as const),
  ...['node', 'nodejs', 'bun', 'deno', 'tsx', 'ts-node'].map(
    (name) => [name, /^(?:-[a-zA-Z]*[ep]|--eval|--print|eval)/] as const,
  ),
  ...[
    'perl',
    'ruby',
    'lua',
    'luajit',
    'rscript',
    'julia',
    'elixir',
    'ghc',
    'groovy',
    'scala',
    'clojure',
    'jshell',
    'swift',
  ].map((name) => [name, /^(?:-[a-zA-Z0-9]*[eE]|--eval|-eval)/] as const),
  ['php', /^(?:-[rBRE]|--run)/],
  ['tclsh', /^$/],
  ['expect', /^-c/],
]);

/** Long options that name a program to run, by command, where the name of the option does not say so; `--comp` is `--compress-program`. */
export const programOptions: ReadonlyMap<string, readonly string[]> = new Map([
  ['sort', ['compress-program']],
  [
    'tar',
    [
      'use-compress-program',
      'checkpoint-action',
      'to-command',
      'info-script',
      'new-volume-script',
      'rsh-command',
      'rmt-command',
    ],
  ],
  ['rg', ['pre', 'hostname-bin']],
  ['split', ['filter']],
  ['man', ['html', 'pager', 'preprocessor']],
  ['rsync', ['rsh', 'rsync-path', 'delete', 'delete-after', 'delete-before', 'remove-source-files']],
  ['zip', ['unzip-command']],
  ['go', ['exec', 'toolexec']],
  ['find', ['exec', 'execdir', 'ok', 'okdir']],
]);

/** PowerShell, by what a line may call them; and what only cmd has. */
export const windowsNames: ReadonlyMap<string, string> = new Map(
  (
    [
      [
        'deletes or overwrites for good',
        'remove-item ri rm del erase rd rmdir clear-content clc clear-item cli clear-recyclebin format format-volume clear-disk initialize-disk remove-partition cipher stop-computer restart-computer reset-computermachinepassword',
      ],
      [
        'runs text or a program that it is given',
        'invoke-expression iex invoke-command icm start start-process saps start-job add-type invoke-item ii invoke-wmimethod invoke-cimmethod new-pssession enter-pssession import-module set-alias new-alias sal nal start-threadjob register-objectevent',
      ],
      [
        'makes something run later',
        'register-scheduledtask new-scheduledtask schtasks new-service set-service sc reg regedit new-itemproperty setx assoc ftype',
      ],
      ['changes what may run', 'set-executionpolicy set-acl netsh net add-mppreference set-mppreference'],
      ['shows secrets', 'get-credential convertfrom-securestring get-clipboard gcb get-history cmdkey'],
      [
        'opens a channel to the network',
        'invoke-restmethod irm send-mailmessage start-bitstransfer test-netconnection tnc',
      ],
      ['ends other processes', 'stop-process spps stop-service'],
    ] as const
  ).flatMap(([because, names]) => names.split(' ').map((name) => [name, because] as const)),
);
