"""A private Cyrus IMAP server: CONDSTORE, QRESYNC, OBJECTID, PREVIEW, SCRAM."""

import imaplib
import os
import ssl
import subprocess

from . import process
from .certificates import Authority
from .elsewhere import Overlay

CONFIGURATION = """\
configdirectory: {dir}/config
partition-default: {dir}/spool
defaultpartition: default
admins: cyrus
servername: localhost
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {dir}/sasldb2
sasl_mech_list: PLAIN LOGIN SCRAM-SHA-256
allowplaintext: no
tls_server_cert: {certificate}
tls_server_key: {key}
virtdomains: off
unixhierarchysep: yes
altnamespace: yes
autocreate_quota: 1048576
autocreate_inbox_folders: Sent | Drafts | Trash | Junk | Archive
autocreate_subscribe_folders: Sent | Drafts | Trash | Junk | Archive
xlist-sent: Sent
xlist-drafts: Drafts
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
specialusealways: 1
conversations: 1
conversations_db: twoskip
idlesocket: {dir}/socket/idle
lmtpsocket: {dir}/socket/lmtp
notifysocket: {dir}/socket/notify
proc_path: {dir}/proc
mboxname_lockpath: {dir}/run
syslog_prefix: cyrus
"""

SERVICES = """\
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C {dir}/imapd.conf -r"
  idled cmd="/usr/lib/cyrus/bin/idled -C {dir}/imapd.conf"
}}
SERVICES {{
  imap cmd="imapd -C {dir}/imapd.conf -U 30" listen="127.0.0.1:{imap}" prefork=0
  imaps cmd="imapd -s -C {dir}/imapd.conf -U 30" listen="127.0.0.1:{imaps}" prefork=0
}}
EVENTS {{ }}
"""

SETUP = """\
cat {dir}/users | while IFS=: read -r user password; do
  printf %s "$password" | saslpasswd2 -p -f {dir}/sasldb2 -c -u localhost "$user"
done
chown -R cyrus:mail {dir}
exec /usr/lib/cyrus/bin/master -C {dir}/imapd.conf -M {dir}/cyrus.conf -p {dir}/master.pid -D -l 32
"""


class Cyrus:
    """Users alice and bob with five special-use folders each, made at the first sign-in."""

    name = 'Cyrus'

    def __init__(self, users=None):
        self._root = Overlay('cyrus', ['cyrus-imapd', 'sasl2-bin', 'libsasl2-modules'])
        self.users = dict(users or {'alice': 'alicepw', 'bob': 'bobpw'})
        self.directory = process.make_directory('pipit-cyrus-')
        os.chmod(self.directory, 0o755)
        self.imap_port, self.imaps_port = process.free_ports(2)
        self.authority = Authority(os.path.join(self.directory, 'tls'))
        self.ca_file = self.authority.ca_file
        certificate = self.authority.good()
        words = {'dir': self.directory, 'imap': self.imap_port, 'imaps': self.imaps_port,
                 'certificate': certificate.certificate, 'key': certificate.key}
        for name in ('config', 'config/socket', 'spool', 'socket', 'proc', 'run'):
            os.mkdir(os.path.join(self.directory, name))
        self._write('imapd.conf', CONFIGURATION.format(**words))
        self._write('cyrus.conf', SERVICES.format(**words))
        self._write('users', ''.join(f'{user}:{password}\n' for user, password
                                     in [*self.users.items(), ('cyrus', 'cyruspw')]))
        self._setup = SETUP.format(**words)
        self._master = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        self._master = process.start(
            self._root.command(['sh', '-euc', self._setup], self.directory), cwd='/',
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=process.clean_environment())
        process.wait_until(lambda: process.is_listening(self.imaps_port), self.name, timeout_s=20)

    def stop(self):
        process.stop(self._master)
        self._master = None

    def close(self):
        self.stop()
        process.remove_directory(self.directory)

    def address(self, user):
        return f'{user}@example.test'

    def imap(self, user):
        """Returns a signed-in imaplib connection, to look at the truth on the server."""
        context = ssl.create_default_context(cafile=self.ca_file)
        client = imaplib.IMAP4_SSL('localhost', self.imaps_port, ssl_context=context)
        client.login(user, self.users[user])
        return client

    def _write(self, name, text):
        with open(os.path.join(self.directory, name), 'w', encoding='utf-8') as file:
            file.write(text)
