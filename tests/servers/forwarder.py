"""Something between a client and its server: it forgets connections, ends them, or garbles lines."""

import socket
import threading

from . import process


class Forwarder:
    """Passes on what comes to `port`, on 127.0.0.1, to another port.

    @from_server, @from_client: functions of a line with its end and of the Connection, for a server
    without encryption; what they return is passed on, None for nothing. `connections` has all so far.

    With @dovecot it can be given to a client in place of that.
    """

    def __init__(self, port, dovecot=None, from_server=None, from_client=None):
        self._target = port
        self._filters = {'server': from_server, 'client': from_client}
        self._listener = None
        self.port = process.free_ports(1)[0]
        self.connections = []
        self._lines = []
        if dovecot is not None:
            self.imap_port = self.imaps_port = self.port
            self.ca_file = dovecot.ca_file
            self.users = dovecot.users

    def __enter__(self):
        self._listener = socket.create_server(('127.0.0.1', self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            connection.close()

    def silence(self):
        """Forgets the connections that there are, and tells nobody."""
        for connection in self.connections:
            connection.is_silent = True

    def cut(self):
        """Ends the connections that there are."""
        for connection in self.connections:
            connection.cut()

    def lines(self):
        """Everything that clients have said, on all connections, without encryption."""
        return list(self._lines)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            connection = Connection(client, self._target, self._filters, self._lines)
            self.connections.append(connection)
            connection.start()


class Connection:
    def __init__(self, client, port, filters, all_lines):
        self._client = client
        self._server = socket.create_connection(('127.0.0.1', port))
        self._filters = filters
        self.is_silent = False
        self.is_open = True
        self.lines = []
        self._all_lines = all_lines
        self.notes = {}  # for the filters
        self._threads = []

    def start(self):
        for source, target, side in ((self._client, self._server, 'client'),
                                     (self._server, self._client, 'server')):
            thread = threading.Thread(target=self._pass_on, daemon=True,
                                      args=(source, target, self._filters[side], side == 'client'))
            thread.start()
            self._threads.append(thread)

    def cut(self):
        for end in (self._client, self._server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _pass_on(self, source, target, change, is_client):
        pending = b''
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if self.is_silent:
                    continue
                if is_client:
                    lines = data.decode('utf-8', 'replace').splitlines()
                    self.lines.extend(lines)
                    self._all_lines.extend(lines)
                if change is None:
                    target.sendall(data)
                    continue
                pending += data
                while b'\n' in pending:
                    line, pending = pending.split(b'\n', 1)
                    line = change(line + b'\n', self)
                    if line is not None:
                        target.sendall(line)
        except OSError:
            pass
        self.is_open = False
        if not self.is_silent:
            self.cut()

    def close(self):
        self.cut()
        for thread in self._threads:
            thread.join()
        self._client.close()
        self._server.close()
