"""A hundred thousand messages in one folder, in the window.

A new account: the newest messages are on the screen while the others still come. Later, without a
server: the time to the first row, keys that go to the ends and through the pages, memory, and the
longest stall of the main thread. Times are printed and decide nothing.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

from servers import Desktop, Dovecot, process, tap
from ui.person import Person, children

BUILD = os.environ['PIPIT_TEST_BUILD_ROOT']
PIPIT = os.path.join(BUILD, 'src', 'pipit')
PIPITCTL = os.path.join(BUILD, 'src', 'tool', 'pipitctl')
COUNT = 100_000

# The generated subjects end with the number of the message, the oldest being 0; a date follows.
NUMBER = re.compile(r'[a-z] (\d+), \d\d/')


def note(text):
    print(f'# {text}', file=sys.stderr)


class LargeWindowTest(unittest.TestCase):
    def setUp(self):
        self.directory = process.make_directory('pipit-large-')
        self.addCleanup(process.remove_directory, self.directory)
        self.profile = os.path.join(self.directory, 'profile')
        self.output = os.path.join(self.directory, 'output')
        self.dovecot = self.enterContext(Dovecot(users={'alice': 'pw'}))
        self.dovecot.fill('alice', 'INBOX', COUNT)
        self.add_account()
        self.room = self.enterContext(Desktop(1280, 900, keyring=False))
        command = f'exec {PIPIT} --profile {self.profile} 2>>{self.output}'
        self.person = Person(self.room, ['/bin/sh', '-c', command],
                             {'GSETTINGS_SCHEMA_DIR': os.path.join(BUILD, 'data'),
                              'PIPIT_WATCHDOG_MS': '20'})
        self.addCleanup(lambda: self.person.child is not None and self.person.close())

    def tool(self, *arguments):
        done = subprocess.run([PIPITCTL, '--json', '--profile', self.profile, *arguments],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def add_account(self):
        authorities = os.path.join(self.profile, 'config', 'authorities')
        os.makedirs(authorities)
        shutil.copy(self.dovecot.ca_file, os.path.join(authorities, 'test.pem'))
        self.tool('account', 'add', 'alice@example.test', '--username', 'alice',
                  '--imap', f'localhost:{self.dovecot.imaps_port}:tls',
                  '--password-command', 'echo pw')

    def inbox(self):
        return next((folder for folder in self.tool('folders') if folder['name'] == 'INBOX'), None)

    def message_list(self):
        """The list of messages; the other one holds the folders."""
        for found in self.person.find_all('list'):
            for item in children(found):
                if NUMBER.search(item.get_name() or ''):
                    return found
        return None

    def numbers(self):
        """The numbers of the messages of the rows that there are, in their order."""
        found = self.message_list()
        names = [item.get_name() or '' for item in children(found)] if found is not None else []
        return [int(match[1]) for match in map(NUMBER.search, names) if match]

    def wait_for_number(self, number):
        self.person.wait(lambda: number in self.numbers(), f'message {number}')

    def anonymous_kib(self):
        with open(f'/proc/{self.person.child.pid}/smaps_rollup', encoding='ascii') as file:
            return int(re.search(r'^Anonymous: +(\d+)', file.read(), re.M)[1])

    def quit(self, what):
        """Ends the program by its own key; tells the stalls that there were before."""
        with open(self.output, encoding='utf-8') as file:
            stalls = re.findall(r'Stall of ([\d.]+) ms, ([\d.]+) ms of it', file.read())
        note(f'{what}: longest stall of the main thread '
             f'{max((float(wall) for wall, _cpu in stalls), default=0)} ms, most processor time '
             f'in one {max((float(cpu) for _wall, cpu in stalls), default=0)} ms')
        self.person.focus_window()
        self.person.key('ctrl+q')
        self.person.child.wait(20)
        self.person.close()
        with open(self.output, encoding='utf-8') as file:
            text = file.read()
        os.unlink(self.output)
        self.assertEqual(re.findall('.*CRITICAL.*', text), [])

    def test_first_screen_comes_before_the_rest(self):
        begun = time.monotonic()
        self.person.start()
        self.person.wait(lambda: len(self.numbers()) >= 50, '50 rows', 60)
        seconds = time.monotonic() - begun
        known = self.inbox()['messages']
        first = self.numbers()[:50]
        note(f'new account: 50 rows after {seconds:.2f} s, {known} messages known by then')
        self.assertEqual(first, list(range(COUNT - 1, COUNT - 51, -1)), 'the newest first')
        self.assertLess(known, COUNT, 'the rest streams in')

        self.person.wait(lambda: self.inbox()['messages'] == COUNT, 'all messages', 180)
        note(f'all messages after {time.monotonic() - begun:.2f} s, '
             f'anonymous {self.anonymous_kib()} KiB')
        self.assertEqual(self.numbers()[:50], first)
        self.quit('while they came')
        self.without_server()

    def without_server(self):
        self.dovecot.stop()
        begun = time.monotonic()
        self.person.start()
        self.wait_for_number(COUNT - 1)
        note(f'from the cache: first row after {time.monotonic() - begun:.2f} s')
        self.person.focus_window()
        self.person.click(widget=children(self.message_list())[0])
        for key, number in (('End', 0), ('Home', COUNT - 1)):
            begun = time.monotonic()
            self.person.key(key)
            self.wait_for_number(number)
            note(f'{key}: there after {time.monotonic() - begun:.2f} s')
        self.person.key(*['Page_Down'] * 40)
        self.person.wait(lambda: self.numbers() and max(self.numbers()) < COUNT - 1, 'pages to pass')
        note(f'anonymous {self.anonymous_kib()} KiB')
        self.quit('from the cache')


if __name__ == '__main__':
    tap.main()
