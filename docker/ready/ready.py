#!/usr/bin/env python3
"""Tells whether every worker of a server is ready, from outside the server.

    ready.py --url http://127.0.0.1:4001/health/liveliness --port 4001 --workers 2
             [--marker-env GAUNTLET_SERVICE=litellm] [--timeout SECONDS]

Exits 0 when the URL answers 200 and at least WORKERS processes poll the listening socket of the port; else
prints one line that says why not and exits 1. A URL alone is the answer of one worker. A worker of uvicorn
(asyncio or uvloop) puts the listening socket into its epoll set only after its start-up has ended, and the
kernel shows that set: /proc/<pid>/fdinfo/<epoll fd> has a line `tfd: <fd>` for each member, see proc(5).
Where there is no /proc, the URL decides alone. Standard library only, and few imports: it runs every second.
"""
import os
import socket
import sys

LISTEN = '0A'


def options(argv):
    given = {'marker-env': '', 'timeout': '5'}
    for name, value in zip(argv[::2], argv[1::2]):
        given[name.removeprefix('--')] = value
    missing = [name for name in ('url', 'port', 'workers') if name not in given]
    if missing or len(argv) % 2:
        sys.exit(f'ready.py: needs --url, --port and --workers, each with a value (missing: {", ".join(missing) or "a value"})')
    return given


def status_of(url, timeout_s):
    """Status code of a GET over plain HTTP."""
    authority, _, path = url.removeprefix('http://').partition('/')
    host, _, port = authority.rpartition(':')
    with socket.create_connection((host, int(port)), timeout_s) as connection:
        request = f'GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nAccept: */*\r\n\r\n'
        connection.sendall(request.encode())
        head = b''
        while b'\r\n' not in head:
            chunk = connection.recv(4096)
            if not chunk:
                raise OSError('the connection was closed before an answer')
            head += chunk
    return int(head.split(b' ', 2)[1])


def listening_inodes(port):
    inodes = set()
    for table in ('/proc/self/net/tcp', '/proc/self/net/tcp6'):
        try:
            with open(table) as lines:
                rows = [line.split() for line in lines]
        except OSError:
            continue
        for row in rows[1:]:
            if row[3] == LISTEN and int(row[1].rpartition(':')[2], 16) == port:
                inodes.add(row[9])
    return inodes


def descriptors(pid):
    """Pairs of descriptor number and what it points to; nothing where the process is gone or not ours."""
    folder = f'/proc/{pid}/fd'
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        try:
            yield name, os.readlink(f'{folder}/{name}')
        except OSError:
            continue


def polls(pid, inodes):
    """Whether an epoll set of the process has one of these sockets as a member."""
    wanted, sets = set(), []
    for name, target in descriptors(pid):
        if target.startswith('socket:[') and target[8:-1] in inodes:
            wanted.add(name)
        elif target == 'anon_inode:[eventpoll]':
            sets.append(name)
    if not wanted:
        return False
    for name in sets:
        try:
            with open(f'/proc/{pid}/fdinfo/{name}') as lines:
                if any(line.startswith('tfd:') and line.split()[1] in wanted for line in lines):
                    return True
        except OSError:
            continue
    return False


def marked(pid, marker):
    if not marker:
        return True
    try:
        with open(f'/proc/{pid}/environ', 'rb') as environment:
            return marker.encode() in environment.read().split(b'\0')
    except OSError:
        return False


def workers_polling(port, marker):
    inodes = listening_inodes(port)
    if not inodes:
        return 0
    pids = [name for name in os.listdir('/proc') if name.isdigit()]
    return sum(1 for pid in pids if marked(pid, marker) and polls(pid, inodes))


def reason_not_ready(given):
    port, workers = int(given['port']), int(given['workers'])
    # The kernel is asked first: it answers at once, and a server that still starts is not troubled.
    if workers > 1 and os.path.exists('/proc/self/net/tcp'):
        ready = workers_polling(port, given['marker-env'])
        if ready < workers:
            return f'{ready} of {workers} workers accept connections on port {port}'
    try:
        status = status_of(given['url'], float(given['timeout']))
    except (OSError, ValueError, IndexError) as error:
        return f'{given["url"]}: {error}'
    return None if status == 200 else f'{given["url"]} answers {status}'


if __name__ == '__main__':
    reason = reason_not_ready(options(sys.argv[1:]))
    if reason:
        print(reason)
        sys.exit(1)
