# What names the cluster, and how its API is reached.
{ lib, config, ... }:
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
      Address or DNS name, without port, under which workers and `kubectl` reach the API servers: a name or a virtual
      address that you have. With `null` none is needed: where there are several control-plane nodes, each of the other
      nodes runs a proxy of its own that balances over all of them (`cluster.controlPlane.proxy`), and `kubectl` uses
      the first one by name.
    '';
  };

  options.cluster.controlPlane.proxy.port = lib.mkOption {
    type = lib.types.port;
    default = 7443;
    example = 7443;
    description = "TCP port, on the loopback address, of the proxy to the API servers.";
  };

  options.cluster.controlPlane.proxy.image = lib.mkOption {
    type = lib.types.str;
    default =
      if config.cluster.platform.os == "container-linux" then
        "docker.io/library/haproxy:1.8-alpine"
      else
        "docker.io/library/haproxy:3.2-alpine";
    defaultText = lib.literalExpression "one of the time of the operating system";
    example = "registry.example.com/haproxy:1.8-alpine";
    description = "Image of the proxy to the API servers: HAProxy, as its maintainers' image has it.";
  };

  options.cluster.tls.enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    example = false;
    description = ''
      Whether etcd, the API servers and the kubelets talk TLS, each with a certificate of its own, and take only clients
      that have one. Without it everything goes over plain HTTP, and whoever reaches the API or etcd is the cluster's
      administrator; `cluster.kubernetes.apiServer.insecurePort` has to be set then.
    '';
  };
}
