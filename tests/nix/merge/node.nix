# A node in a file of its own, with imports.
{ name, ... }:
{
  imports = [
    (
      { lib, ... }:
      {
        network.dns = lib.mkAfter [ "192.0.2.54" ];
      }
    )
  ];

  network.dns = [ "192.0.2.53" ];
  kubelet.hostnameOverride = name;
}
