"""The programs that build-aux/bench measures, and what they need of a server."""

import contextlib
import glob
import json
import os
import pty
import shutil
import subprocess
import tempfile
import threading
import time

BUILD = os.environ['PIPIT_TEST_BUILD_ROOT']
PIPITCTL = os.path.join(BUILD, 'src', 'tool', 'pipitctl')
RAW_IMAP = os.path.join(BUILD, 'tests', 'bench', 'raw-imap')

MBSYNC = """FSync no

IMAPAccount account
Host localhost
Port {port}
User {user}
Pass {password}
SSLType IMAPS
CertificateFile {ca}
AuthMechs LOGIN

IMAPStore far
Account account

MaildirStore near
Path {directory}/mail/
Inbox {directory}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Expunge Near
Sync Pull
SyncState {directory}/
"""

NEOMUTT = """set folder = "imaps://{user}@localhost:{port}/"
set spoolfile = "+INBOX"
set imap_pass = "{password}"
set certificate_file = "{ca}"
set header_cache = "{directory}"
set sort = threads
set quit = yes
set mail_check = 600
"""


class ClientError(Exception):
    """A program did not do what it was asked for."""


class Usage:
    """What a program took: wall clock, CPU, memory."""

    def __init__(self, seconds, rusage, memory, output):
        self.seconds = seconds
        self.cpu_seconds = rusage.ru_utime + rusage.ru_stime
        self.peak_kib = memory['VmHWM']
        self.anonymous_kib = memory['RssAnon']
        self.output = output


def has(program):
    return shutil.which(program) is not None


def note_memory(pid, peaks):
    """Raises the peaks to what a program has now. Its rusage would also count what its parent had
    when it was forked."""
    with contextlib.suppress(OSError):
        with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as file:
            for line in file:
                name, _, value = line.partition(':')
                if name in peaks:
                    peaks[name] = max(peaks[name], int(value.split()[0]))


def measure(command, environment=None, terminal=False):
    """Runs a program to its end and returns its Usage."""
    output = tempfile.TemporaryFile()
    master, slave = pty.openpty() if terminal else (None, subprocess.DEVNULL)
    begun = time.monotonic()
    child = subprocess.Popen(command, stdin=slave, stdout=slave if terminal else output,
                             stderr=subprocess.DEVNULL if terminal else output,
                             env={**os.environ, **(environment or {})})
    memory = {'VmHWM': 0, 'RssAnon': 0}

    def watch():
        while child.returncode is None:
            note_memory(child.pid, memory)
            time.sleep(0.005)

    def drain():
        with contextlib.suppress(OSError):
            while os.read(master, 65536):
                pass

    for function in [watch] + ([drain] if terminal else []):
        threading.Thread(target=function, daemon=True).start()
    if terminal:
        os.close(slave)
    _, status, rusage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    if terminal:
        os.close(master)
    output.seek(0)
    text = output.read().decode(errors='replace')
    output.close()
    if child.returncode != 0:
        raise ClientError(f'{" ".join(command)} ended with {child.returncode}: {text[-2000:]}')
    return Usage(seconds, rusage, memory, text)


class Lab:
    """One server, and each client's way to it.

    @prefix: put before each client's command, to run it elsewhere
    @host: the server's name as the clients see it
    """

    def __init__(self, dovecot, directory, prefix=(), host='localhost'):
        self.dovecot = dovecot
        self.directory = directory
        self.prefix = list(prefix)
        self.host = host

    def port(self, security):
        return self.dovecot.imaps_port if security == 'tls' else self.dovecot.imap_port

    def forget_cache(self, user):
        """Removes what the server has kept of the headers that were asked for before."""
        for path in glob.glob(os.path.join(self.dovecot.directory, 'mail', user, '**',
                                           'dovecot.index.cache*'), recursive=True):
            os.remove(path)

    def drop(self, directory):
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

    def copy(self, directory):
        made = tempfile.mkdtemp(dir=self.directory)
        shutil.copytree(directory, made, dirs_exist_ok=True)
        return made

    def raw(self, user, what, security):
        usage = measure([*self.prefix, RAW_IMAP, self.host, str(self.port(security)), security,
                         self.dovecot.ca_file, user, self.dovecot.users[user], *what.split()])
        if json.loads(usage.output)['bytes'] < 1000:
            raise ClientError('the server has said next to nothing')
        return usage

    def profile(self, user, security, port=None):
        """Makes a profile of pipitctl's with the user's account."""
        directory = tempfile.mkdtemp(dir=self.directory)
        authorities = os.path.join(directory, 'config', 'authorities')
        os.makedirs(authorities)
        shutil.copy(self.dovecot.ca_file, os.path.join(authorities, 'bench.pem'))
        measure([PIPITCTL, '--profile', directory, 'account', 'add', self.dovecot.address(user),
                 '--username', user, '--password-command', f'echo {self.dovecot.users[user]}',
                 '--imap', f'{self.host}:{port or self.port(security)}:{security}'])
        return directory

    def sync_command(self, profile, bodies='none'):
        return [*self.prefix, PIPITCTL, '--profile', profile, '--json', 'sync', '--bodies', bodies]

    def sync(self, profile, bodies='none'):
        return measure(self.sync_command(profile, bodies))

    def first_sync(self, user, what, security):
        """@what: headers, or bodies as well"""
        profile = self.profile(user, security)
        try:
            usage = self.sync(profile, 'all' if what == 'bodies' else 'none')
        finally:
            self.drop(profile)
        usage.report = json.loads(usage.output)[0]
        return usage

    def mbsync_channel(self, user):
        directory = tempfile.mkdtemp(dir=self.directory)
        os.mkdir(os.path.join(directory, 'mail'))
        self._write(directory, 'mbsyncrc', MBSYNC, user)
        return directory

    def mbsync(self, directory):
        return measure([*self.prefix, 'mbsync', '-q', '-c', os.path.join(directory, 'mbsyncrc'),
                        'all'])

    def neomutt(self, user):
        """Opens the inbox with an empty header cache, draws it and quits."""
        directory = tempfile.mkdtemp(dir=self.directory)
        self._write(directory, 'muttrc', NEOMUTT, user)
        try:
            return measure([*self.prefix, 'neomutt', '-n', '-F', os.path.join(directory, 'muttrc'),
                            '-e', 'push q'], {'TERM': 'xterm', 'HOME': directory}, terminal=True)
        finally:
            self.drop(directory)

    def change(self, user):
        """Does to the inbox what somebody else does in a day."""
        client = self.dovecot.imap(user)
        client.select('INBOX')
        uids = client.uid('SEARCH', 'ALL')[1][0].split()
        step = max(1, len(uids) // 100)
        client.uid('STORE', b','.join(uids[::step][:100]), '+FLAGS', '(\\Answered)')
        client.uid('STORE', b','.join(uids[::step][:100]), '-FLAGS', '(\\Seen)')
        client.uid('STORE', b','.join(uids[5::step][:10]), '+FLAGS', '(\\Deleted)')
        client.expunge()
        for number in range(10):
            client.append('INBOX', None, None, f'Subject: new {number}\r\n\r\nNew.\r\n'.encode())
        client.logout()

    def _write(self, directory, name, text, user):
        with open(os.path.join(directory, name), 'w', encoding='utf-8') as file:
            file.write(text.format(user=user, password=self.dovecot.users[user],
                                   port=self.dovecot.imaps_port, ca=self.dovecot.ca_file,
                                   directory=directory))
