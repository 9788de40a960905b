"""A certificate authority of the test's own, with good certificates and bad ones."""

import datetime
import ipaddress
import os
import subprocess

CONFIGURATION = """
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = issued
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = ${ENV::NAMES}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = subject
prompt = no
[subject]
commonName = ${ENV::SUBJECT}
"""

NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']


class Certificate:
    """A certificate and its key, as PEM files."""

    def __init__(self, stem):
        self.certificate = stem + '.pem'
        self.key = stem + '.key'

    def fingerprint(self):
        """Returns the SHA-256 of the DER form, in lower-case hexadecimal."""
        text = subprocess.run(['openssl', 'x509', '-noout', '-fingerprint', '-sha256', '-in',
                               self.certificate], check=True, capture_output=True, text=True).stdout
        return text.split('=')[1].strip().replace(':', '').lower()


def alternative_names(hosts):
    names = []
    for host in hosts:
        try:
            names.append(f'IP:{ipaddress.ip_address(host)}')
        except ValueError:
            names.append(f'DNS:{host}')
    return ','.join(names)


def stamp(days):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime('%Y%m%d%H%M%SZ')


class Authority:
    """Issues certificates; its own is `ca_file`."""

    def __init__(self, directory, name='Pipit test authority'):
        self.directory = directory
        self.ca_file = os.path.join(directory, 'ca.pem')
        os.makedirs(os.path.join(directory, 'issued'), exist_ok=True)
        self._write('openssl.cnf', CONFIGURATION)
        self._write('index.txt', '')
        self._write('serial', '1000\n')
        self._openssl(['req', '-x509', *NEW_KEY, '-days', '3650', '-extensions', 'root',
                       '-config', 'openssl.cnf', '-keyout', 'ca.key', '-out', 'ca.pem'], name)

    def issue(self, name, hosts=('localhost', '127.0.0.1', '::1'), since_days=-1, until_days=365):
        """Returns a certificate for @hosts, valid between two days counted from now."""
        names = alternative_names(hosts)
        self._openssl(['req', *NEW_KEY, '-config', 'openssl.cnf', '-keyout', name + '.key',
                       '-out', name + '.csr'], hosts[0], names)
        self._openssl(['ca', '-batch', '-notext', '-config', 'openssl.cnf', '-extensions', 'server',
                       '-startdate', stamp(since_days), '-enddate', stamp(until_days),
                       '-in', name + '.csr', '-out', name + '.pem'], hosts[0], names)
        return Certificate(os.path.join(self.directory, name))

    def good(self):
        return self.issue('good')

    def expired(self):
        return self.issue('expired', since_days=-60, until_days=-30)

    def not_yet_valid(self):
        return self.issue('not-yet-valid', since_days=30, until_days=60)

    def other_host(self):
        return self.issue('other-host', hosts=('mail.elsewhere.example',))

    def self_signed(self):
        """Returns a certificate for localhost that no authority has signed."""
        names = alternative_names(('localhost', '127.0.0.1', '::1'))
        self._openssl(['req', '-x509', *NEW_KEY, '-days', '365', '-extensions', 'server',
                       '-config', 'openssl.cnf', '-keyout', 'self-signed.key',
                       '-out', 'self-signed.pem'], 'localhost', names)
        return Certificate(os.path.join(self.directory, 'self-signed'))

    def _write(self, name, text):
        with open(os.path.join(self.directory, name), 'w', encoding='utf-8') as file:
            file.write(text)

    def _openssl(self, arguments, subject, names='DNS:unused'):
        subprocess.run(['openssl', *arguments], cwd=self.directory, check=True, capture_output=True,
                       env={**os.environ, 'SUBJECT': subject, 'NAMES': names})
