"""Secrets in a real gnome-keyring, in none, in a locked one, and in libsecret's own file."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from servers import Keyring, SessionBus, tap

HELPER = sys.argv[1]
PASSWORD = 'päss "q\\ word'


class Secrets(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='pipit-keyring-test-')
        self.profile = os.path.join(self.directory, 'profile')
        self.environment = dict(os.environ)

    def tearDown(self):
        shutil.rmtree(self.directory)

    def act(self, *arguments, profile=None):
        done = subprocess.run([HELPER, profile or self.profile, *arguments], env=self.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(PASSWORD, done.stderr)
        return done.stdout.rstrip('\n')

    def files_with(self, text):
        found = []
        for folder, _, names in os.walk(self.profile):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as file:
                    if text.encode() in file.read():
                        found.append(name)
        return found


class RealKeyring(Secrets):
    def setUp(self):
        super().setUp()
        self.bus = SessionBus()
        self.bus.start()
        self.addCleanup(self.bus.close)
        self.environment.update(self.bus.environment())

    def start_keyring(self):
        keyring = Keyring(self.bus)
        keyring.start()
        self.addCleanup(keyring.close)

    def lock(self):
        subprocess.run(
            ['gdbus', 'call', '--address', self.bus.address, '--dest', 'org.freedesktop.secrets',
             '--object-path', '/org/freedesktop/secrets',
             '--method', 'org.freedesktop.Secret.Service.Lock',
             "['/org/freedesktop/secrets/aliases/default']"],
            check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def test_stored_found_replaced_forgotten(self):
        self.start_keyring()
        self.assertEqual(self.act('probe'), 'ok')
        self.assertEqual(self.act('lookup'), 'error no-secret')
        self.assertEqual(self.act('store', PASSWORD), 'ok')
        self.assertEqual(self.act('lookup'), f'ok {PASSWORD}')
        self.assertEqual(self.act('store', 'second'), 'ok')
        self.assertEqual(self.act('lookup'), 'ok second')
        self.assertEqual(self.act('forget'), 'ok')
        self.assertEqual(self.act('lookup'), 'error no-secret')
        self.assertEqual(self.act('forget'), 'ok')

    def test_services_and_profiles_are_apart(self):
        self.start_keyring()
        other = os.path.join(self.directory, 'other')
        self.assertEqual(self.act('store', 'for imap', 'imap'), 'ok')
        self.assertEqual(self.act('store', 'for smtp', 'smtp'), 'ok')
        self.assertEqual(self.act('lookup', '', 'imap'), 'ok for imap')
        self.assertEqual(self.act('lookup', '', 'smtp'), 'ok for smtp')
        # the same account in a copy of the profile is another profile
        shutil.copytree(self.profile, other)
        self.assertEqual(self.act('lookup', profile=other), 'error no-secret')
        self.assertEqual(self.act('forget', profile=other), 'ok')
        self.assertEqual(self.act('lookup', '', 'imap'), 'ok for imap')
        self.assertEqual(self.act('forget'), 'ok')
        self.assertEqual(self.act('lookup', '', 'smtp'), 'error no-secret')

    def test_password_is_in_no_file_of_the_profile(self):
        self.start_keyring()
        self.assertEqual(self.act('store', PASSWORD), 'ok')
        self.assertEqual(self.act('lookup'), f'ok {PASSWORD}')
        self.assertEqual(self.files_with(PASSWORD), [])

    def test_no_keyring_on_the_bus(self):
        self.assertEqual(self.act('probe'), 'error missing')
        self.assertEqual(self.act('lookup'), 'error missing')
        self.assertEqual(self.act('store', PASSWORD), 'error missing')

    def test_locked_and_not_unlocked(self):
        # libsecret loses a list of what it could not unlock.
        self.environment['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        # Nothing on this bus can ask the person, which is as if they had dismissed the question.
        self.start_keyring()
        self.assertEqual(self.act('store', PASSWORD), 'ok')
        self.lock()
        self.assertEqual(self.act('probe'), 'ok')
        self.assertEqual(self.act('lookup'), 'error locked')
        self.assertEqual(self.act('store', 'second'), 'error locked')


class EncryptedFile(Secrets):
    """Where a portal has given the password of the file, as in a Flatpak."""

    def setUp(self):
        super().setUp()
        self.environment.update({
            'SECRET_BACKEND': 'file',
            'SECRET_FILE_TEST_PATH': os.path.join(self.directory, 'secrets'),
            'SECRET_FILE_TEST_PASSWORD': 'the file\'s own',
            # libsecret drops the entity tag of each file that it writes.
            'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0',
        })

    def test_stored_found_forgotten(self):
        self.assertEqual(self.act('probe'), 'ok')
        self.assertEqual(self.act('lookup'), 'error no-secret')
        self.assertEqual(self.act('store', PASSWORD), 'ok')
        self.assertEqual(self.act('lookup'), f'ok {PASSWORD}')
        self.assertEqual(self.act('forget'), 'ok')
        self.assertEqual(self.act('lookup'), 'error no-secret')

    def test_another_password_of_the_file_finds_nothing(self):
        self.assertEqual(self.act('store', PASSWORD), 'ok')
        self.environment['SECRET_FILE_TEST_PASSWORD'] = 'another'
        self.assertEqual(self.act('lookup'), 'error no-secret')


if __name__ == '__main__':
    sys.argv = sys.argv[:1]
    tap.main()
