# What a machine downloads at first boot where the operating system has no kubelet, each by URL and hash.
{ lib, config, ... }:
let
  inherit (config.cluster) kubernetes platform;
  inherit (platform) architecture;
  release = import ./release.nix { inherit config; };

  program = name: version: {
    url = lib.mkOption {
      type = lib.types.str;
      default = "https://dl.k8s.io/release/v${version}/bin/linux/${architecture}/${name}";
      defaultText = lib.literalExpression ''"https://dl.k8s.io/release/v''${version}/bin/linux/''${architecture}/${name}"'';
      example = "https://boot.example.com/${name}";
      description = "Where ${name} is downloaded from.";
    };
    hash = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default =
        let
          release = import ./release.nix { inherit config version; };
        in
        (release.data.${name}.${version} or { }).${architecture} or null;
      defaultText = lib.literalExpression "that of the version, where it is known, else null";
      example = "sha256-7efa1780c73d9fb3a464002864e582eb2d15aa691e475eaae323093d08feae14";
      description = "What ${name} must hash to: `sha256-` or `sha512-` and hexadecimal digits, as upstream has them beside the file.";
    };
  };
in
{
  options.cluster.kubernetes.downloads = {
    kubelet = program "kubelet" kubernetes.kubelet.version;
    kubectl = program "kubectl" kubernetes.version;

    cniPlugins.url = lib.mkOption {
      type = lib.types.str;
      default = "https://github.com/containernetworking/plugins/releases/download/v${release.data.cniPlugins.version}/cni-plugins-linux-${architecture}-v${release.data.cniPlugins.version}.tgz";
      defaultText = lib.literalExpression "the archive of the release that goes with the version";
      example = "https://boot.example.com/cni-plugins.tgz";
      description = "Where the archive of the CNI plugins is downloaded from.";
    };

    cniPlugins.hash = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = release.data.cniPlugins.hash.${architecture} or null;
      defaultText = lib.literalExpression "that of the release that goes with the version";
      example = "sha256-b8e811578fb66023f90d2e238d80cec3bdfca4b44049af74c374d4fae0f9c090";
      description = "What that archive must hash to.";
    };

    sysext.url = lib.mkOption {
      type = lib.types.str;
      default =
        let
          machine = if architecture == "amd64" then "x86-64" else "arm64";
        in
        "https://extensions.flatcar.org/extensions/kubernetes-v${kubernetes.kubelet.version}-${machine}.raw";
      defaultText = lib.literalExpression "Flatcar's own for the version";
      example = "https://boot.example.com/kubernetes.raw";
      description = "Where the Kubernetes system extension is downloaded from.";
    };

    sysext.hash = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = null;
      example = "sha256-7efa1780c73d9fb3a464002864e582eb2d15aa691e475eaae323093d08feae14";
      description = "What the system extension must hash to. Flatcar builds them anew at times, so none is known here.";
    };
  };
}
