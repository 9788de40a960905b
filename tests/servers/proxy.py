"""A listener between a client and a server without TLS, which sees, changes, cuts and counts."""

import re
import socket
import threading
import time


class Proxy:
    """Carries IMAP to a port of loopback; `proxy.port` is where the client goes.

    Commands are those of one line, each `(connection, line)` without its end, in `commands`.

    @on_command: gets and returns a line of the client, with its end; runs before it goes on
    @on_answer: the same for what comes from the server, as it was read
    """

    def __init__(self, port, on_command=None, on_answer=None):
        self._target = port
        self.on_command, self.on_answer = on_command, on_answer
        self.commands = []
        self.cut_after = None
        self._passed = 0
        self._n_connections = 0
        self._open = []
        self._lock = threading.Condition()
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()
        self.cut()

    def cut(self):
        """Ends all connections."""
        with self._lock:
            ends, self._open = self._open, []
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut_once_after(self, size_bytes):
        """Ends all connections when so many more bytes have come from the server."""
        with self._lock:
            self._passed, self.cut_after = 0, size_bytes

    def sent(self, pattern):
        """Returns the commands that match, with their connection."""
        with self._lock:
            return [(number, line) for number, line in self.commands if re.search(pattern, line)]

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(('127.0.0.1', self._target))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._n_connections += 1
                number = self._n_connections
                self._open += [client, server]
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = self.make_talk(number)
            threading.Thread(target=self._up, args=(client, server, number, talk),
                             daemon=True).start()
            threading.Thread(target=self._down, args=(server, client, talk), daemon=True).start()

    def make_talk(self, number):
        return None

    def take_command(self, number, line, talk):
        with self._lock:
            self.commands.append((number, line.decode('latin-1').rstrip('\r\n')))

    def take_answer(self, data, talk):
        """Returns what of it the client gets now."""
        return data

    def _up(self, client, server, number, talk):
        try:
            with client.makefile('rb') as lines:
                for line in lines:
                    self.take_command(number, line, talk)
                    server.sendall(self.on_command(line) if self.on_command else line)
                    if b' COMPRESS ' in line:
                        break
                # packed from here on, and not to be understood; or nothing more
                while data := lines.read1(65536):
                    server.sendall(data)
        except OSError:
            pass
        finally:
            for end in (client, server):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _down(self, server, client, talk):
        try:
            while data := server.recv(16384):
                if self.on_answer:
                    data = self.on_answer(data)
                data = self.take_answer(data, talk)
                with self._lock:
                    self._passed += len(data)
                    cuts = self.cut_after is not None and self._passed >= self.cut_after
                    if cuts:
                        self.cut_after = None
                client.sendall(data)
                if cuts:
                    self.cut()
        except OSError:
            pass
        finally:
            self.end(client, talk)

    def end(self, client, talk):
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Rounds(Proxy):
    """Plays a network with a long way to the server, and counts how often it is gone.

    Each of @rounds is a list of patterns: the commands that the next connection has to send before
    it gets to see any answer to them. Only when all of them were sent and are answered, the answers
    are let through, at once; then the next round begins. A client that waits for one answer before it
    sends the rest waits for ever: `wait ()` tells then what is missing. Nothing depends on time.
    """

    def __init__(self, port, rounds):
        super().__init__(port)
        self.expect(rounds)

    def expect(self, rounds):
        """Begins anew, with the connection that is made next."""
        with self._lock:
            self.rounds = [list(patterns) for patterns in rounds]
            self.done = 0
            self.commands = []
            self._watched = self._n_connections + 1

    def make_talk(self, number):
        return Talk() if number == self._watched else None

    def missing(self):
        with self._lock:
            return self.rounds[self.done] if self.done < len(self.rounds) else []

    def wait(self, turn, timeout_s=20):
        """Turns the client until all rounds are over; raises AssertionError if they never are."""
        end = time.monotonic() + timeout_s
        while self.done < len(self.rounds):
            turn()
            if time.monotonic() > end:
                raise AssertionError(f'round {self.done + 1} still misses {self.missing()}; '
                                     f'sent: {[line for _, line in self.commands]}')

    def take_command(self, number, line, talk):
        super().take_command(number, line, talk)
        if talk is None:
            return
        text = line.decode('latin-1').rstrip('\r\n')
        with self._lock:
            if self.done < len(self.rounds):
                wanted = self.rounds[self.done]
                found = next((pattern for pattern in wanted if re.search(pattern, text)), None)
                if found is not None:
                    wanted.remove(found)
                if ' ' in text:
                    talk.tags.add(text.split()[0].encode())
                self._lock.notify_all()

    def take_answer(self, data, talk):
        """Holds the answers of a round until it is complete. The greeting is none."""
        if talk is None:
            return data
        with self._lock:
            if not talk.is_greeted:
                talk.is_greeted = True
                return data
            if self.done >= len(self.rounds):
                return data
            talk.held += data
            answered = set(re.findall(rb'^(\S+) (?:OK|NO|BAD)\b', talk.held, re.MULTILINE))
            if self.rounds[self.done] or not talk.tags <= answered:
                return b''
            self.done += 1
            held, talk.held, talk.tags = talk.held, b'', set()
            return held


class Talk:
    def __init__(self):
        self.is_greeted = False
        self.held = b''
        self.tags = set()
