"""A profile with an account at a private Dovecot, for tests of pipitctl."""

import os
import shutil

import toolrun
from servers import Dovecot
from toolrun import DONE, SECRETS

ADDRESS = 'alice@example.test'


class MailTest(toolrun.ToolTest):
    def setUp(self):
        super().setUp()
        self.dovecot = self.enterContext(Dovecot(users={'alice': SECRETS[0], 'bob': SECRETS[0]}))
        folder = os.path.join(self.profile, 'config', 'authorities')
        os.makedirs(folder)
        shutil.copy(self.dovecot.ca_file, os.path.join(folder, 'test.pem'))

    def account(self, address=ADDRESS, user='alice', password=SECRETS[0], smtp=None):
        more = ['--smtp', smtp] if smtp is not None else []
        return self.add_account(address, '--username', user, '--imap',
                                f'localhost:{self.dovecot.imaps_port}:tls', *more, password=password)

    def done(self, *arguments, **options):
        result = self.run_tool('--json', *arguments, **options)
        self.assertExit(result, DONE)
        return result.json()

    def folder(self, name):
        found = [folder for folder in self.done('folders') if folder['name'] == name]
        self.assertEqual(len(found), 1)
        return found[0]
