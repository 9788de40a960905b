"""A private Courier IMAP server: an `INBOX.` namespace, UTF8=ACCEPT, and little else."""

import imaplib
import os
import ssl
import subprocess

from . import process
from .certificates import Authority
from .elsewhere import Overlay

# couriertcpd takes one address; authdaemond's socket is where the package was built for.
SETUP = """\
mkdir -p /run/courier/authdaemon /etc/courier
chown courier /run/courier/authdaemon 2>/dev/null || true
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
chown -R mail:mail {dir}/mail {dir}/both.pem
cd /etc/courier
rm -f userdb userdb.dat userdbshadow.dat; touch userdb; chmod 600 userdb
cat {dir}/users | while IFS=: read -r user password; do
  home={dir}/mail/$user
  userdb "$user" set home="$home" mail="$home/Maildir" uid=$(id -u mail) gid=$(id -g mail) \\
    imappw="$(printf '%s\\n' "$password" | userdbpw -md5)"
  [ -d "$home/Maildir" ] ||
    setpriv --reuid=mail --regid=mail --clear-groups sh -euc "mkdir -p $home; maildirmake $home/Maildir"
done
makeuserdb
authdaemond start
set -a
. /etc/courier/imapd; . /etc/courier/imapd-ssl
unset TLS_CACHEFILE
TLS_CERTFILE={dir}/both.pem TLS_DHPARAMS= COURIERTLS=/usr/bin/couriertls
IMAP_STARTTLS=YES IMAPDSTARTTLS=YES IMAP_TLS_REQUIRED=0 IMAP_ENHANCEDIDLE=1
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE UTF8=ACCEPT ENABLE"
ulimit -c 0
common="-nodnslookup -noidentlookup -maxprocs=40 -maxperip=30 -address=127.0.0.1 -stderr={dir}/log"
couriertcpd $common {imaps} /usr/bin/couriertls -server -tcpd /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
exec couriertcpd $common {imap} /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"""


class Courier:
    """Users alice and bob, with an inbox and nothing else."""

    name = 'Courier'

    def __init__(self, users=None):
        self._root = Overlay('courier', ['courier-imap', 'courier-authlib-userdb'])
        self.users = dict(users or {'alice': 'alicepw', 'bob': 'bobpw'})
        self.directory = process.make_directory('pipit-courier-')
        os.chmod(self.directory, 0o755)
        os.mkdir(os.path.join(self.directory, 'mail'))
        self.imap_port, self.imaps_port = process.free_ports(2)
        self.authority = Authority(os.path.join(self.directory, 'tls'))
        self.ca_file = self.authority.ca_file
        certificate = self.authority.good()
        with open(os.path.join(self.directory, 'both.pem'), 'w', encoding='utf-8') as both:
            for path in (certificate.key, certificate.certificate):
                with open(path, encoding='utf-8') as one:
                    both.write(one.read())
        with open(os.path.join(self.directory, 'users'), 'w', encoding='utf-8') as file:
            file.writelines(f'{user}:{password}\n' for user, password in self.users.items())
        self._setup = SETUP.format(dir=self.directory, imap=self.imap_port, imaps=self.imaps_port)
        self._daemon = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.close()

    def start(self):
        self._daemon = process.start(
            self._root.command(['sh', '-ec', self._setup], self.directory), cwd='/',
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=process.clean_environment())
        process.wait_until(lambda: process.is_listening(self.imaps_port) and
                           process.is_listening(self.imap_port), self.name, timeout_s=20)

    def stop(self):
        process.stop(self._daemon)
        self._daemon = None

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
