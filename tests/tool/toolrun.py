"""Runs pipitctl in a profile of its own, and watches that no secret shows up anywhere."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

DONE, FAILED, USAGE, PARTIAL, SIGN_IN, NOT_REACHABLE, CERTIFICATE, IN_USE = range(8)

# What must never be printed, logged or written.
SECRETS = ['s3cret-of-alice', 'wr0ng-secret']


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f'exit {self.code}\n{self.out}{self.err}'


class ToolTest(unittest.TestCase):
    """A test with a fresh profile; `program` is set by the script."""

    program = None

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='pipit-tool-')
        self.addCleanup(shutil.rmtree, self.directory)
        self.profile = os.path.join(self.directory, 'profile')
        self.environment = dict(os.environ)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        return self.path(name)

    def run_tool(self, *arguments, stdin='', timeout=60):
        done = subprocess.run(
            [self.program, '--profile', self.profile, *arguments], input=stdin,
            capture_output=True, text=True, env=self.environment, timeout=timeout, check=False)
        result = Result(done)
        for secret in SECRETS:
            self.assertNotIn(secret, result.out)
            self.assertNotIn(secret, result.err)
        self.assertNoSecretInFiles()
        self.assertNotIn('CRITICAL', result.err)
        return result

    def assertNoSecretInFiles(self):
        for folder, _, names in os.walk(self.profile):
            for name in names:
                with open(os.path.join(folder, name), 'rb') as file:
                    contents = file.read()
                for secret in SECRETS:
                    self.assertNotIn(secret.encode(), contents, name)

    def assertExit(self, result, code):
        self.assertEqual(result.code, code, repr(result))

    def password_command(self, password=SECRETS[0]):
        """A command that prints a password, which stands in a file outside of the profile."""
        return 'cat ' + self.write(f'password-{len(password)}', password + '\n')

    def add_account(self, address, *arguments, password=SECRETS[0]):
        result = self.run_tool('--json', 'account', 'add', address, '--password-command',
                               self.password_command(password), *arguments)
        self.assertExit(result, DONE)
        return result.json()
