# The network of one node.
{ lib }:
let
  route = {
    options.destination = lib.mkOption {
      type = lib.types.str;
      example = "10.45.0.0/16";
      description = "Range that is reached through the gateway, of either family.";
    };
    options.gateway = lib.mkOption {
      type = lib.types.str;
      example = "192.168.1.124";
      description = "Address of the gateway, inside the node's own network and of the destination's family.";
    };
  };
in
{
  unit = lib.mkOption {
    type = lib.types.str;
    default = "10-static.network";
    example = "10-static.network";
    description = "Name of the systemd-networkd unit that configures the interface; on Fedora CoreOS, without its ending, of NetworkManager's connection.";
  };

  interface = lib.mkOption {
    type = lib.types.str;
    default = "eth0";
    example = "eth0";
    description = "Interface to configure, as `Name=` in `[Match]`: a name or a pattern such as `en*`.";
  };

  dhcp = lib.mkOption {
    type = lib.types.bool;
    default = false;
    example = true;
    description = ''
      Whether the interface gets its addresses by DHCP, one of each family that the cluster has. Either this or
      `address`.
    '';
  };

  address = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "192.168.1.10/24";
    description = "Static address with the prefix length of its network, of the cluster's first family.";
  };

  secondAddress = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "fd00:192:168:1::10/64";
    description = "Static address of the other family with the prefix length of its network, beside `address`.";
  };

  gateway = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "192.168.1.1";
    description = "Address of the default gateway, inside the network of `address`, or link-local.";
  };

  secondGateway = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "fe80::1";
    description = "Address of the default gateway, inside the network of `secondAddress`, or link-local.";
  };

  dns = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = [ ];
    example = [
      "192.168.1.1"
      "192.168.1.2"
    ];
    description = "Addresses of the name servers, of either family.";
  };

  routes = lib.mkOption {
    type = lib.types.listOf (lib.types.submodule route);
    default = [ ];
    example = [
      {
        destination = "10.45.0.0/16";
        gateway = "192.168.1.124";
      }
    ];
    description = "Static routes, each written as a `[Route]` section of its own.";
  };

  advertiseAddress = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "192.168.1.10";
    description = ''
      Address of the cluster's first family under which other nodes reach this one. With `null` it is the one of
      `address`. An etcd member or a control-plane node on DHCP needs it, and a lease that never changes. Where the
      address of one node is not known, the API servers reach all kubelets by host name, which their DNS then has to
      know.
    '';
  };
}
