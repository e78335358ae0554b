# The image of each component.
{ lib, config, ... }:
let
  inherit (config.cluster) kubernetes;
  release = import ./release.nix { inherit config; };

  image =
    program:
    lib.mkOption {
      type = lib.types.str;
      default =
        if release.isHyperkube then
          "${kubernetes.image.repository}:${kubernetes.image.tag}"
        else
          "registry.k8s.io/${program}:v${kubernetes.version}";
      defaultText = lib.literalExpression ''"registry.k8s.io/${program}:v''${config.cluster.kubernetes.version}", or the hyperkube image'';
      example = "registry.example.com/${program}:v1.36.4";
      description = "Image of ${program}. With `@sha256:` and its digest behind the tag it is that one image and no other.";
    };
in
{
  options.cluster.kubernetes.images = {
    apiServer = image "kube-apiserver";
    controllerManager = image "kube-controller-manager";
    scheduler = image "kube-scheduler";
    proxy = image "kube-proxy";
  };
}
