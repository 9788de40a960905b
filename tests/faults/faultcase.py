"""One scenario of the fault server: what a client was, met and became.

A case starts pipitctl with a profile that is new or has mail, lets it meet a server with faults, and
looks at what it says of them, how long and with how much memory it ran, and what is left in the cache.
Then the same mail is served without faults, and the cache has to become equal to it.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from servers import Authority
from servers.faults import FaultServer, Mail

DONE, FAILED, USAGE, PARTIAL, SIGN_IN, NOT_REACHABLE, CERTIFICATE, IN_USE = range(8)
ADDRESS = 'alice@example.test'

# How long a server may be silent: short where it is, long where a busy machine must not look like it.
IMPATIENT_MS = 500
PATIENT_MS = 20000
MAX_SECONDS = 60
MAX_RSS_KB = 200 * 1024 if 'ASAN_OPTIONS' not in os.environ else 900 * 1024


SYNC = ('sync', '--bodies', 'none')

# One address, where no certificate has to name it.
HOSTS = {'none': '127.0.0.1', 'tls': 'localhost', 'starttls': 'localhost'}


class Outcome:
    """What became of one run of pipitctl."""

    def __init__(self, code, out, err, seconds, rss_kb):
        self.code = code
        self.out = out
        self.err = err
        self.seconds = seconds
        self.rss_kb = rss_kb
        try:
            self.report = json.loads(out)[0]
        except (ValueError, IndexError, KeyError):
            self.report = {}

    @property
    def error(self):
        return self.report.get('error') or {}

    @property
    def error_class(self):
        """The class of a failed connection, or the floor of another error; None without one."""
        if not self.error:
            return None
        floor = self.error['domain'].removeprefix('pipit-').removesuffix('-error-quark')
        return self.error['class'] if floor == 'net' else floor

    def __repr__(self):
        return f'exit {self.code} after {self.seconds:.1f} s\n{self.out}{self.err}'


def highest_rss_kb(pid):
    try:
        with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as file:
            found = re.search(r'VmHWM:\s*(\d+)', file.read())
    except OSError:
        found = None
    return int(found.group(1)) if found else 0


class Profile:
    """A profile of pipitctl in a folder of its own."""

    def __init__(self, program, template=None):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix='pipit-fault-')
        self.path = os.path.join(self.folder, 'profile')
        if template is not None:
            shutil.copytree(template.path, self.path)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments, stdin=None, patience_ms=PATIENT_MS):
        environment = {**os.environ, 'PIPIT_PATIENCE_MS': str(patience_ms)}
        begun = time.monotonic()
        out = tempfile.TemporaryFile()
        err = tempfile.TemporaryFile()
        with out, err:
            child = subprocess.Popen([self.program, '--profile', self.path, '--json', *arguments],
                                     stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=err,
                                     env=environment)
            code, rss_kb = self._wait(child, begun + MAX_SECONDS)
            seconds = time.monotonic() - begun
            out.seek(0)
            err.seek(0)
            return Outcome(code, out.read().decode('utf-8', 'replace'),
                           err.read().decode('utf-8', 'replace'), seconds, rss_kb)

    @staticmethod
    def _wait(child, deadline):
        """Returns how @child ended, and its highest resident memory, from one look every 10 ms:
        what the kernel tells of a child that is gone counts this process in, before exec."""
        rss_kb = 0
        while child.poll() is None:
            rss_kb = max(rss_kb, highest_rss_kb(child.pid))
            if time.monotonic() > deadline:
                child.kill()
                child.wait()
                return 'did not end', rss_kb
            time.sleep(0.01)
        return child.returncode, rss_kb

    def add_account(self, port, security='none'):
        done = self.run('account', 'add', ADDRESS, '--username', 'alice', '--password-command',
                        'echo secret', '--imap', f'{HOSTS[security]}:{port}:{security}')
        assert done.code == DONE, done

    def point_to(self, port, security='none'):
        """Lets the account be at another port."""
        path = os.path.join(self.path, 'config', 'accounts.ini')
        with open(path, encoding='utf-8') as file:
            lines = file.read().splitlines()
        lines = [f'imap={HOSTS[security]}:{port}:{security}' if line.startswith('imap=') else line
                 for line in lines]
        with open(path, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')

    def contents(self):
        """Returns what the cache has, as Mail.truth () says it."""
        path = os.path.join(self.path, 'data', 'cache.db')
        found = {}
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
            database.text_factory = lambda text: text.decode('utf-8', 'surrogateescape')
            for folder, name in database.execute('SELECT id, name FROM folder WHERE state <> 4'):
                found[name] = {
                    uid: (message_id, bool(flags & 1)) for uid, flags, message_id in
                    database.execute('SELECT uid, flags, message_id FROM location '
                                     'JOIN message ON message.id = location.message '
                                     'WHERE folder = ? AND state = 0', (folder,))}
        return found

    def locations(self):
        """Returns the ids of the inbox's messages by their UIDs."""
        path = os.path.join(self.path, 'data', 'cache.db')
        with contextlib.closing(sqlite3.connect(f'file:{path}?mode=ro', uri=True)) as database:
            return dict(database.execute(
                'SELECT uid, location.id FROM location JOIN folder ON folder.id = folder '
                "WHERE name = 'INBOX'"))


class Case:
    """A scenario, and what has to come of it.

    @faults: as FaultServer takes them
    @expects: None when the client has to cope, or else the class of the failure: that of
      net_error_class_name (), or the floor of another error; a tuple where it depends on which
      folder meets the fault first
    @begins: 'new' for a profile that has never seen the server, 'known' for one that equals it
    @before: changes the mail (Mail) before the client meets the faults
    @after: changes it before the client meets the healthy server
    @changes: whether the cache may be another afterwards: where the server has told of a change
    @options: of FaultServer
    @wishes: what a person has asked for before, without a network: arguments of pipitctl, in which
      an int is the message of that UID in the inbox
    @command: what meets the faults, arguments of pipitctl
    @lists: how many folders the client has to know afterwards
    @proof: a function (mail) that says whether the server has in the end what was wished for
    """

    def __init__(self, name, faults=(), expects=None, begins='known', before=None, after=None,
                 changes=False, count=12, wishes=(), command=SYNC, lists=None, proof=None, security='none',
                 max_rss_kb=MAX_RSS_KB, recovers=True, patience_ms=None, **options):
        self.name = name
        self.faults = faults
        self.expects = expects if isinstance(expects, tuple) else (expects,)
        self.begins = begins
        self.before = before
        self.after = after
        self.changes = changes
        self.count = count
        self.wishes = wishes
        self.command = command
        self.lists = lists
        self.proof = proof
        self.security = security
        self.max_rss_kb = max_rss_kb
        self.recovers = recovers
        self.patience_ms = patience_ms or (IMPATIENT_MS if expects == 'timed-out' else PATIENT_MS)
        self.options = options


class Runner:
    """Runs cases, several at a time, since most of the time is spent waiting for silence."""

    N_THREADS = 24

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix='pipit-fault-')
        self.authority = Authority(self.folder)
        self.certificate = self.authority.good()
        self.empty = Profile(program)
        self.known = None
        with FaultServer(Mail()) as server:
            self.empty.add_account(server.port)
            self.known = Profile(program, self.empty)
            done = self.known.run(*SYNC)
            assert done.code == DONE, done

    def remove(self):
        self.empty.remove()
        self.known.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, case):
        """Returns what is wrong, '' for nothing, and a line of figures."""
        profile = Profile(self.program, self.empty if case.begins == 'new' else self.known)
        try:
            return self._run(case, profile)
        except AssertionError as error:
            return f'{case.name}: {error}', ''
        finally:
            profile.remove()

    def _run(self, case, profile):
        mail = Mail(case.count)
        before = profile.contents() if case.begins == 'known' else {}
        if case.before is not None:
            case.before(mail)
        for wish in case.wishes:
            self._wish(profile, wish)
        outcome = self._meet(case, profile, mail)
        after = profile.contents()
        self._judge(case, outcome)
        if not case.changes:
            self._nothing_lost(before, after)
        assert case.lists in (None, len(after)), f'{len(after)} folders are known'
        if case.after is not None:
            case.after(mail)
        if case.recovers:
            self._recover(profile, mail)
        assert case.proof is None or case.proof(mail), f'in the end: {mail.truth()}'
        return '', (f'{outcome.seconds:.1f} s, {outcome.rss_kb // 1024} MB, exit {outcome.code} '
                    f'{outcome.error_class or ""}')

    @staticmethod
    def _wish(profile, wish):
        locations = profile.locations()
        done = profile.run(*(str(locations[word]) if isinstance(word, int) else word
                             for word in wish))
        assert done.code == DONE, done

    def _meet(self, case, profile, mail):
        certificate = None
        if case.security != 'none':
            certificate = self.certificate
            folder = os.path.join(profile.path, 'config', 'authorities')
            os.makedirs(folder, exist_ok=True)
            shutil.copy(self.authority.ca_file, os.path.join(folder, 'test.pem'))
        with FaultServer(mail, case.faults, certificate=certificate, security=case.security,
                         **case.options) as server:
            profile.point_to(server.port, case.security)
            outcome = profile.run(*case.command, patience_ms=case.patience_ms)
            assert server.n_faults > 0 or not case.faults, f'the fault was not met: {outcome}'
            assert not server.errors, f'the server: {server.errors}'
        return outcome

    @staticmethod
    def _judge(case, outcome):
        assert outcome.code in range(8), f'it crashed or did not end: {outcome}'
        assert 'CRITICAL' not in outcome.err and 'Sanitizer' not in outcome.err, f'{outcome}'
        assert outcome.rss_kb <= case.max_rss_kb, f'it took {outcome.rss_kb} kB: {outcome}'
        assert outcome.error_class in case.expects, f'it should have been {case.expects}: {outcome}'
        assert (outcome.code == DONE) == (outcome.error_class is None), f'{outcome}'

    @staticmethod
    def _nothing_lost(before, after):
        for name, messages in before.items():
            assert name in after, f'{name} was lost'
            for uid, message in messages.items():
                assert after[name].get(uid) == message, \
                    f'{uid} of {name} was {message} and is {after[name].get(uid)}'

    @staticmethod
    def _recover(profile, mail):
        with FaultServer(mail) as server:
            profile.point_to(server.port)
            outcome = profile.run(*SYNC)
            assert outcome.code == DONE, f'it did not recover: {outcome}'
        contents = profile.contents()
        truth = mail.truth()
        assert contents == truth, f'after the recovery: {contents}\nis not {truth}'


def main(program, cases, selected=()):
    """Runs @cases, or those whose names contain one of @selected, and speaks TAP."""
    cases = [case for case in cases if not selected or any(text in case.name for text in selected)]
    assert len({case.name for case in cases}) == len(cases), 'two cases have one name'
    runner = Runner(program)
    failed = 0
    begun = time.monotonic()
    try:
        with concurrent.futures.ThreadPoolExecutor(Runner.N_THREADS) as pool:
            for number, (case, (wrong, figures)) in enumerate(
                    zip(cases, pool.map(runner.run, cases)), 1):
                failed += wrong != ''
                for line in wrong.splitlines():
                    print('#', line)
                print(f'{"not ok" if wrong else "ok"} {number} - {case.name}', flush=True)
                if figures:
                    print(f'#   {figures}')
    finally:
        runner.remove()
    print(f'# {len(cases)} cases in {time.monotonic() - begun:.1f} s')
    print(f'1..{len(cases)}')
    sys.exit(1 if failed else 0)
