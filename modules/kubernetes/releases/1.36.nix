# Kubernetes 1.36: what runs beside it, and the SHA-256 of what is downloaded, as Ignition writes it.
# etcd, CoreDNS, pause, CNI plugins: cmd/kubeadm/app/constants/constants.go and build/dependencies.yaml of v1.36.3.
# flannel: Documentation/kube-flannel.yml of v0.28.9. Sums: what is published beside each file, as Kubespray lists it in
# roles/kubespray_defaults/vars/main/checksums.yml.
{
  latest = "1.36.4";
  etcd = "registry.k8s.io/etcd:3.6.8-0";
  coreDNS = "registry.k8s.io/coredns/coredns:v1.14.2";
  pause = "registry.k8s.io/pause:3.10.2";
  flannel = "ghcr.io/flannel-io/flannel:v0.28.9";
  flannelCniPlugin = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3";
  cniPlugins = {
    version = "1.9.1";
    hash = {
      amd64 = "sha256-b98f74a0f8522f0a83867178729c1aa70f2158f90c45a2ca8fa791db1c76b303";
      arm64 = "sha256-56171987d3947707c3563db2f4001bccaf50fd63468611b9f3cbecb1375ee7ec";
    };
  };
  kubelet = {
    "1.36.0" = {
      amd64 = "sha256-d857082946c28493e8fdc52227feabd962e0e0900b6c6e4f6510168043b79dd4";
      arm64 = "sha256-049d95107361583e64f3ac9b8c9bdaf73fc7e512a838972b13b423a33ece87e9";
    };
    "1.36.1" = {
      amd64 = "sha256-7efa1780c73d9fb3a464002864e582eb2d15aa691e475eaae323093d08feae14";
      arm64 = "sha256-bf274dd3affbf2543d20465dee1f763f668f78c6fbd56197794f81337a49d687";
    };
    "1.36.2" = {
      amd64 = "sha256-3ba68cb4f0906053c08ab843131d5cec559cf8c718dbd679950a078b306abbb4";
      arm64 = "sha256-b0b45db96f0e6bf996780b8a2b8d868bf538dc7c3a60cf604cf0ea2d65c24b06";
    };
    "1.36.3" = {
      amd64 = "sha256-46707a53209f826ad0f0d62371ac69cd00e78fd9a8176cf5f6f87f18f7f8b718";
      arm64 = "sha256-57205a5daf5883873d87b4914e1e00bdd7707acd075714788cfb0fc1f60bc414";
    };
    "1.36.4" = {
      amd64 = "sha256-cf2562db46c48ab84cc3791540778ee7fb1a0a008529adbb434723dd02ed8b4b";
      arm64 = "sha256-fd53ea3fcbd077844f50a3c67e9b52f62972a563674956bab0c0f4fb7ea37d50";
    };
  };
  kubectl = {
    "1.36.0" = {
      amd64 = "sha256-123d8c8844f46b1244c547fffb3c17180c0c26dac9890589fe7e67763298748e";
      arm64 = "sha256-9f9d9c44a7b5264515ac9da5991584e2395bd50662e651132337e7b4d0c56f8f";
    };
    "1.36.1" = {
      amd64 = "sha256-629d3f410e09bf49b64ae7079f7f0bda1191efed311f7d37fdbab0ad5b0ec2b7";
      arm64 = "sha256-59f7ee8e477fae658447607dc3c8790ac17a1b016c01c622c12070e969e2d4e7";
    };
    "1.36.2" = {
      amd64 = "sha256-1e9045ec32bea85da43de85f0065358529ea7c7a152eca78154fba5b58c27d82";
      arm64 = "sha256-c957eb8c4bea27a3bb35b269edd9082e27f027f7b76b20b5bf4afebc726c6d3e";
    };
    "1.36.3" = {
      amd64 = "sha256-ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336";
      arm64 = "sha256-3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62";
    };
    "1.36.4" = {
      amd64 = "sha256-8b8f088da2dab964f853b38464033b1be15ede2839eca751482357c45abdd05a";
      arm64 = "sha256-0ecf44450ee6063bf19dd166a103ee6df4a9034455c2abce626e6eea657d73fb";
    };
  };
}
