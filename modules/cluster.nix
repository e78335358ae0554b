# What names the cluster, and how its API is reached.
{ lib, ... }:
{
  options.cluster.name = lib.mkOption {
    type = lib.types.str;
    default = "kubernetes";
    example = "kubetest";
    description = "Name of the cluster: the cluster, context and default etcd token carry it. An RFC 1123 label.";
  };

  options.cluster.controlPlane.endpoint = lib.mkOption {
    type = lib.types.nullOr lib.types.str;
    default = null;
    example = "api.example.com";
    description = ''
      Address or DNS name, without port, under which workers and `kubectl` reach the API server.
      With `null` they use the address of the first control-plane node by name.
    '';
  };
}
