"""A machine's config.json -> its files below a directory, and what its units and pods start, for tests/e2e/container.

node.py place CONFIG ROOT PROGRAMS    files and directories, with the owners and modes that Ignition gives them
node.py machine ROOT [CONFIG SERVICE] the machine itself, or what one of its services runs on it
node.py docker ROOT CONFIG SERVICE    the container that a service starts with `docker run`
node.py pod ROOT MANIFEST             the container of a static pod
node.py probes MANIFEST               the URLs that the kubelet asks, a line each

Whatever a unit or pod says that would not be done here is an error.
"""

import base64
import gzip
import json
import os
import shlex
import sys
import urllib.parse

import yaml


def contents(source, compression):
    kind, _, data = source.partition(",")
    assert kind.startswith("data:"), kind
    data = urllib.parse.unquote_to_bytes(data)
    if kind.endswith(";base64"):
        data = base64.b64decode(data)
    assert compression in (None, "", "gzip"), compression
    return gzip.decompress(data) if compression else data


def own(path, entry):
    os.chmod(path, entry["mode"])
    os.chown(path, entry.get("user", {}).get("id", 0), entry.get("group", {}).get("id", 0))


def place(config, root, programs):
    storage = json.load(open(config))["storage"]
    assert set(storage) <= {"files", "directories", "links"}, set(storage)
    # Ignition makes directories first, and those above them with 0755.
    os.umask(0o022)
    for entry in storage.get("directories", []):
        os.makedirs(root + entry["path"], exist_ok=True)
        own(root + entry["path"], entry)
    for entry in storage["files"]:
        path = root + entry["path"]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        source = entry["contents"].get("source", "data:,")
        if source.startswith("https:"):
            # Downloads stay undone, but for the program that we have ourselves.
            program = os.path.join(programs, os.path.basename(source))
            if not os.path.exists(program):
                continue
            data = open(program, "rb").read()
        else:
            data = contents(source, entry["contents"].get("compression"))
        with open(path, "xb") as out:
            out.write(data)
        own(path, entry)


def service(config, name):
    """The settings of [Service], each with all its values."""
    [unit] = [u for u in json.load(open(config))["systemd"]["units"] if u["name"] == name]
    assert not unit.get("dropins"), name
    settings = {}
    for line in unit["contents"].replace("\\\n", " ").splitlines():
        key, _, value = line.partition("=")
        settings.setdefault(key, []).append(value)
    [command] = settings["ExecStart"]
    # Neither specifiers nor variables, which systemd would replace.
    assert not set("%$") & set(command), command
    return settings, shlex.split(command)


def say(*words):
    assert not any("\n" in word or "\t" in word for word in words), words
    print("\t".join(words))


def hostname(root):
    say("hostname", open(root + "/etc/hostname").read().strip())


def machine(root, config=None, name=None):
    hostname(root)
    for top in sorted(os.listdir(root)):
        say("volume", f"{root}/{top}", f"/{top}", "rw")
    # The operating system's part is this machine's.
    say("volume", "/usr", "/usr", "ro")
    for top in ("bin", "sbin", "lib", "lib64"):
        if os.path.islink("/" + top):
            say("link", os.readlink("/" + top), "/" + top)
    if name:
        settings, command = service(config, name)
        for path in settings.get("EnvironmentFile", []):
            for line in open(root + path).read().splitlines():
                say("env", line)
        for argument in command:
            say("argument", argument)


def docker(root, config, name):
    _, command = service(config, name)
    assert command[:2] == ["/usr/bin/docker", "run"], command
    command = command[2:]
    while command[0].startswith("--"):
        flag = command.pop(0)
        if flag == "--rm":
            continue
        value = command.pop(0)
        if flag == "--user":
            say("user", value)
        elif flag == "--volume":
            source, path, how = value.split(":")
            say("volume", root + source, path, how)
        else:
            assert (flag, value) == ("--net", "host") or flag == "--name", flag
    hostname(root)
    # The first is the image.
    for argument in command[1:]:
        say("argument", argument)


def pod(root, manifest):
    spec = yaml.safe_load(open(manifest))["spec"]
    [container] = spec["containers"]
    assert spec["hostNetwork"] and "args" not in container and "env" not in container
    security = {**spec["securityContext"], **container["securityContext"]}
    assert security["runAsNonRoot"] and security["allowPrivilegeEscalation"] is False
    assert security["capabilities"]["drop"] == ["ALL"]
    say("user", f"{security['runAsUser']}:{security['runAsGroup']}")
    if security["readOnlyRootFilesystem"]:
        say("read-only")
    hostname(root)
    volumes = {volume["name"]: volume["hostPath"] for volume in spec["volumes"]}
    for mount in container["volumeMounts"]:
        source = root + volumes[mount["name"]]["path"]
        if volumes[mount["name"]].get("type") == "DirectoryOrCreate":
            os.makedirs(source, mode=0o755, exist_ok=True)
        say("volume", source, mount["mountPath"], "ro" if mount.get("readOnly") else "rw")
    for argument in container["command"]:
        say("argument", argument)


def probes(manifest):
    [container] = yaml.safe_load(open(manifest))["spec"]["containers"]
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        if kind in container:
            get = container[kind]["httpGet"]
            print(f"{get['scheme'].lower()}://{get['host']}:{get['port']}{get['path']}")


{"place": place, "machine": machine, "docker": docker, "pod": pod, "probes": probes}[sys.argv[1]](*sys.argv[2:])
