"""Pipit with sample mail, on servers of its own, in a temporary profile.

    build-aux/run --demo [--screenshot DIR] [ARGUMENT OF PIPIT...]

Everything listens on the loopback interface only, and goes when the program ends. Without a display
one is made, a picture of the window is taken, and its path printed.
"""

import argparse
import datetime
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, 'build-aux', 'demo'), os.path.join(TOP, 'tests')]

import messages  # noqa: E402
import screenshots  # noqa: E402
from servers import desktop, dovecot, process, submission  # noqa: E402
from threads import ME, PEOPLE  # noqa: E402
from ui.person import Missing, Person  # noqa: E402

BUILD = os.environ.get('PIPIT_BUILD_DIR', os.path.join(TOP, 'build'))


def local_part(address):
    return address.split('@')[0]


class Demo:
    """The servers with the sample mail, and a profile with the account set up."""

    def __init__(self):
        # everybody who stands in the sample mail has a mailbox, so that an answer arrives
        users = {local_part(address): secrets.token_hex(8) for _name, address in PEOPLE.values()}
        self.user = local_part(ME[1])
        self.password = users[self.user]
        self.build = BUILD
        self.directory = process.make_directory('pipit-demo-')
        self.profile = os.path.join(self.directory, 'profile')
        self.dovecot = dovecot.Dovecot(users=users)
        self.submission = submission.open_submission(self.dovecot)

    def __enter__(self):
        self.dovecot.start()
        self.submission.start()
        self._fill()
        self._add_account()
        return self

    def __exit__(self, *unused):
        self.submission.close()
        self.dovecot.close()
        process.remove_directory(self.directory)

    def _fill(self):
        """Puts the sample mail into its mailboxes, with flags and dates, oldest first."""
        mailboxes = {}
        for mailbox, flags, when, message in messages.messages():
            mailboxes.setdefault(mailbox, []).append((message, int(when.timestamp()), flags))
        for mailbox, many in mailboxes.items():
            self.dovecot.save(self.user, mailbox, many)

    def _add_account(self):
        password_file = os.path.join(self.directory, 'password')
        with open(password_file, 'w', encoding='utf-8') as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(self.password + '\n')
        subprocess.run(
            [os.path.join(BUILD, 'src', 'tool', 'pipitctl'), '--profile', self.profile,
             'account', 'add', ME[1], '--name', ME[0], '--username', self.user,
             '--imap', f'127.0.0.1:{self.dovecot.imaps_port}:tls',
             '--smtp', f'127.0.0.1:{self.submission.submissions_port}:tls',
             '--certificate', self.dovecot.certificate.certificate,
             '--password-command', f'cat {password_file}'],
            check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def command(self, arguments):
        return [os.path.join(BUILD, 'src', 'pipit'), '--profile', self.profile, *arguments]


def on_own_display(demo, arguments):
    """Nobody is looking: makes a display, shows the mail, takes a picture."""
    handle, picture = tempfile.mkstemp(prefix='pipit-demo-', suffix='.png')
    os.close(handle)
    with desktop.Desktop(1240, 800, keyring=False) as room, \
            Person(room, demo.command(arguments)) as person:
        person.find('list item', screenshots.BUDGET, timeout_s=60)
        person.click('list item', screenshots.BUDGET)
        person.find('label', 'Jonas Weir')
        time.sleep(2)
        person.screenshot(picture)
    print(f'There is no display here. A picture of the window: {picture}')


def main():
    parser = argparse.ArgumentParser(prog='build-aux/run --demo', add_help=False)
    parser.add_argument('--demo', action='store_true')
    parser.add_argument('--screenshot', metavar='DIR')
    options, arguments = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))

    started = datetime.datetime.now()
    print('Starting servers with sample mail…', flush=True)
    if options.screenshot:
        os.makedirs(options.screenshot, exist_ok=True)
        with Demo() as demo:
            screenshots.take_all(demo, os.path.abspath(options.screenshot))
        return 0

    with Demo() as demo:
        seconds = (datetime.datetime.now() - started).total_seconds()
        print(f'Ready after {seconds:.1f} s. The account is {ME[1]}.', flush=True)
        if os.environ.get('DISPLAY') or os.environ.get('WAYLAND_DISPLAY'):
            return process.start(demo.command(arguments)).wait()
        on_own_display(demo, arguments)
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (process.FixtureError, Missing) as error:
        sys.exit(f'The demo could not start: {error}')
