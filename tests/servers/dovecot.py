"""A private Dovecot: IMAP, LMTP, submission and SASL for other servers."""

import base64
import grp
import imaplib
import os
import re
import shutil
import smtplib
import ssl
import subprocess
import tempfile

from . import messages, process
from .certificates import Authority

HERE = os.path.dirname(os.path.abspath(__file__))

# Names and passwords; carol's has what breaks careless quoting.
USERS = {'alice': 'alicepw', 'bob': 'bobpw', 'carol': 'päss "q\\'}

CAPABILITY_2_3 = 'protocol imap {{\n  imap_capability = {}\n}}\n'
CAPABILITY_2_4 = 'protocol imap {{\n  imap_capability {{\n{}\n  }}\n}}\n'
RAWLOG = 'protocol imap {{\n  rawlog_dir = {}/rawlog\n  mail_plugins = quota imap_quota\n}}\n'

PORT_NAMES = ['imap', 'imaps', 'submission', 'submissions', 'lmtp', 'sasl', 'relay']


def program(name):
    """Returns the path of a program that may be outside a person's PATH."""
    return shutil.which(name, path='/usr/sbin:/usr/bin:/sbin:/bin') or name


class Dovecot:
    """Users alice, bob and carol at example.test, and five special-use folders each.

    Ports are attributes: `imap_port` (STARTTLS), `imaps_port` (TLS), `lmtp_port`, `sasl_port`,
    `submission_port` and `submissions_port`. `ca_file` is what a client has to trust.

    @users: names to passwords, in place of USERS
    @certificate: what to serve, in place of authority.good (); a function of the Authority
    @extra: lines of configuration put at the end
    @mail_of: another Dovecot, which is up, with the same users: this one serves its mail
    @without: capabilities that it does not offer, in contrast to that one
    @rawlog: whether to write down what is said on each connection, for conversations (). There is no
        COMPRESS then
    @root: where Dovecot is installed, in place of this machine's own root
    """

    name = 'Dovecot'
    domain = 'example.test'

    def __init__(self, users=None, certificate=Authority.good, quota='1G', extra='', root=None,
                 mail_of=None, without=(), rawlog=False):
        self._root = root
        self._mail_of = mail_of
        self.directory = process.make_directory('pipit-dovecot-')
        os.chmod(self.directory, 0o755)
        self.users = dict(USERS if users is None else users)
        self.account = process.server_account()
        self.series = self._find_series()
        for name, port in zip(PORT_NAMES, process.free_ports(len(PORT_NAMES))):
            setattr(self, name + '_port', port)
        self.config_file = os.path.join(self.directory, 'dovecot.conf')
        self.log_file = os.path.join(self.directory, 'dovecot.log')
        self.authority = Authority(self._folder('tls'))
        self.ca_file = self.authority.ca_file
        self.certificate = certificate(self.authority)
        for name in ('run', 'state', 'mail', 'rawlog'):
            self._folder(name)
        self._more = self._limit(without) + (RAWLOG.format(self.directory) if rawlog else '')
        self._write_users()
        self._write_configuration(quota, extra)
        process.hand_over(self.directory, self.account)
        self._master = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        """Starts the server; returns when it answers. About 50 ms."""
        arguments, options = self._inside(['dovecot', '-F', '-c', self.config_file])
        self._master = process.start(arguments, cwd='/', stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, env=process.clean_environment(),
                                     **options)
        process.wait_until(self._is_up, 'Dovecot')

    def stop(self):
        """Stops the server and ends its connections; the mail and the ports stay."""
        process.stop(self._master)
        if self._master is not None:
            self._master.stderr.close()
        self._master = None

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        """Stops the server and removes everything."""
        self.stop()
        process.remove_directory(self.directory)

    def address(self, user):
        return f'{user}@{self.domain}'

    def set_password(self, user, password):
        """Changes a password, or makes a new user, while the server runs."""
        self.users[user] = password
        self._write_users()
        # Dovecot looks at the file at most once a second.
        process.wait_until(lambda: self._accepts(user, password), 'the new password',
                           interval_s=0.1)

    def log(self):
        try:
            with open(self.log_file, encoding='utf-8', errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    def doveadm(self, *arguments, stdin=None):
        """Runs doveadm on this server and returns what it printed."""
        command, options = self._inside(['doveadm', '-c', self.config_file, *arguments])
        done = subprocess.run(command, input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL,
                              capture_output=True, cwd='/', env=process.clean_environment(),
                              **options)
        if done.returncode != 0:
            raise process.FixtureError(f'doveadm {" ".join(arguments)}: {done.stderr.decode()}')
        return done.stdout.decode()

    def imap(self, user):
        """Returns a signed-in imaplib connection, to look at the truth on the server."""
        client = imaplib.IMAP4_SSL('localhost', self.imaps_port, ssl_context=self.tls_context())
        client.authenticate('PLAIN', lambda _: f'\0{user}\0{self.users[user]}'.encode())
        return client

    def tls_context(self):
        return ssl.create_default_context(cafile=self.ca_file)

    def deliver(self, user, message, sender='sender@elsewhere.example'):
        """Delivers one message (bytes) to a user's inbox, as a mail server does."""
        with smtplib.LMTP('127.0.0.1', self.lmtp_port) as client:
            client.sendmail(sender, [self.address(user)], message, mail_options=['BODY=8BITMIME'])

    def save(self, user, folder, many):
        """Puts messages straight into a folder, made if need be, in the given order.

        @many: messages as bytes, or tuples (bytes, INTERNALDATE as Unix seconds, IMAP flags)
        """
        source = tempfile.mkdtemp(dir=self.directory)
        path = os.path.join(source, *encode_name(folder).split('/'))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as mbox:
            messages.write_mbox(mbox, many)
        process.hand_over(source, self.account)
        self.doveadm('import', '-u', user, '-s', self._import_source(source), '', 'mailbox', folder)
        process.remove_directory(source)

    def fill(self, user, folder, count, seed=1):
        """Puts @count small generated messages into a folder."""
        self.save(user, folder, messages.small_messages(count, seed=seed))

    def message_ids(self, user, folder):
        """Returns the Message-ID of every message in a folder, by UID."""
        text = self.doveadm('-f', 'tab', 'fetch', '-u', user, 'hdr.message-id', 'mailbox', folder,
                            'ALL')
        return [line.strip() for line in text.splitlines()[1:]]

    def conversations(self):
        """Returns what was said on each connection since sign-in, the oldest first.

        A conversation is a list of (seconds, '<' or '>', line) in the order of time; '>' is what
        the client said.
        """
        folder = os.path.join(self.directory, 'rawlog')
        found = []
        for name in sorted(name for name in os.listdir(folder) if name.endswith('.in')):
            lines = []
            for sign, end in (('>', '.in'), ('<', '.out')):
                with open(os.path.join(folder, name[:-3] + end), encoding='latin-1') as file:
                    for line in file:
                        seconds, _, text = line.rstrip('\r\n').partition(' ')
                        lines.append((float(seconds), sign, text))
            found.append(sorted(lines, key=lambda line: line[0]))
        return found

    def forget_conversations(self):
        folder = os.path.join(self.directory, 'rawlog')
        for name in os.listdir(folder):
            os.remove(os.path.join(folder, name))

    def kick(self, user):
        """Ends all connections of a user."""
        self.doveadm('kick', user)

    def environment(self):
        """Returns what a test program in C is told about this server."""
        return {
            'PIPIT_TEST_DIRECTORY': self.directory,
            'PIPIT_TEST_DOVECOT_CONFIG': self.config_file,
            'PIPIT_TEST_CA': self.ca_file,
            'PIPIT_TEST_IMAP_PORT': str(self.imap_port),
            'PIPIT_TEST_IMAPS_PORT': str(self.imaps_port),
            'PIPIT_TEST_LMTP_PORT': str(self.lmtp_port),
            **{f'PIPIT_TEST_PASSWORD_{user.upper()}': password
               for user, password in self.users.items()},
        }

    def _folder(self, name):
        path = os.path.join(self.directory, name)
        os.makedirs(path, exist_ok=True)
        return path

    def _limit(self, without):
        """Returns the configuration that leaves out capabilities."""
        if not without:
            return ''
        client = self._mail_of.imap(next(iter(self.users)))
        words = [word for word in client.capability()[1][0].decode().split() if word not in without]
        client.logout()
        if self.series == '2.3':
            return CAPABILITY_2_3.format(' '.join(words))
        return CAPABILITY_2_4.format('\n'.join(f'    {word} = yes' for word in words))

    def _write_users(self):
        path = os.path.join(self.directory, 'passwd')
        with open(path + '.new', 'w', encoding='utf-8') as file:
            for user, password in self.users.items():
                file.write(f'{user}:{{PLAIN}}{password}::::::\n')
        os.chmod(path + '.new', 0o644)
        os.replace(path + '.new', path)

    def _write_configuration(self, quota, extra):
        words = {
            'DIR': self.directory, 'QUOTA': quota, 'EXTRA': extra, 'MORE': self._more,
            'MAIL': os.path.join((self._mail_of or self).directory, 'mail'),
            'USER': self.account.pw_name, 'UID': str(self.account.pw_uid),
            'GROUP': group_name(self.account.pw_gid), 'GID': str(self.account.pw_gid),
            'CERTIFICATE': self.certificate.certificate, 'KEY': self.certificate.key,
            **{name.upper(): str(getattr(self, name + '_port')) for name in PORT_NAMES},
        }
        with open(os.path.join(HERE, f'dovecot-{self.series}.conf.in'), encoding='utf-8') as file:
            text = re.sub(r'@([A-Z]+)@', lambda match: words.get(match[1], match[0]), file.read())
        with open(self.config_file, 'w', encoding='utf-8') as file:
            file.write(text)

    def _inside(self, arguments):
        """Returns the command, and options for subprocess, that run one of Dovecot's programs."""
        if self._root is None:
            return [program(arguments[0]), *arguments[1:]], process.as_account(self.account)
        change = ['setpriv', f'--reuid={self.account.pw_uid}', f'--regid={self.account.pw_gid}',
                  '--clear-groups']
        return self._root.command([*change, *arguments], self.directory), {}

    def _find_series(self):
        """Returns the series of Dovecot, such as 2.3."""
        command, options = self._inside(['dovecot', '--version'])
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              cwd='/', env=process.clean_environment(), check=True, **options)
        return '.'.join(done.stdout.split()[0].split('.')[:2])

    def _import_source(self, directory):
        """Returns how doveadm import is told of a folder of mboxes; its inbox is INBOX."""
        if self.series == '2.3':
            return f'mbox:{directory}:INDEX=MEMORY:INBOX={directory}/INBOX'
        os.symlink('INBOX', os.path.join(directory, 'inbox'))
        return f'mbox:{directory}'

    def _accepts(self, user, password):
        try:
            self.doveadm('auth', 'test', user, password)
        except process.FixtureError:
            return False
        return True

    def _is_up(self):
        if self._master.poll() is not None:
            raise process.FixtureError(
                f'Dovecot ended: {self._master.stderr.read().decode()}{self.log()}')
        return all(process.is_listening(port) for port in (self.imap_port, self.imaps_port,
                                                           self.lmtp_port))


def encode_name(name):
    """Returns a mailbox name as Dovecot writes it on disk: modified UTF-7, RFC 3501 5.1.3."""
    def encode(match):
        if match[0] == '&':
            return '&-'
        shifted = base64.b64encode(match[0].encode('utf-16-be')).decode()
        return '&' + shifted.rstrip('=').replace('/', ',') + '-'
    return re.sub(r'&|[^ -~]+', encode, name)


def group_name(gid):
    return grp.getgrgid(gid).gr_name
