# Kubernetes 1.35: what runs beside it, and the SHA-256 of what is downloaded, as Ignition writes it.
# etcd, CoreDNS, pause, CNI plugins: cmd/kubeadm/app/constants/constants.go and build/dependencies.yaml of v1.35.4.
# flannel: Documentation/kube-flannel.yml of v0.28.9. Sums: what is published beside each file, as Kubespray lists it in
# roles/kubespray_defaults/vars/main/checksums.yml.
{
  latest = "1.35.8";
  etcd = "registry.k8s.io/etcd:3.6.6-0";
  coreDNS = "registry.k8s.io/coredns/coredns:v1.13.1";
  pause = "registry.k8s.io/pause:3.10.1";
  flannel = "ghcr.io/flannel-io/flannel:v0.28.9";
  flannelCniPlugin = "ghcr.io/flannel-io/flannel-cni-plugin:v1.9.1-flannel3";
  cniPlugins = {
    version = "1.8.0";
    hash = {
      amd64 = "sha256-ab3bda535f9d90766cccc90d3dddb5482003dd744d7f22bcf98186bf8eea8be6";
      arm64 = "sha256-57ce466fc3b79db1f19b8f4c63e07a1112306efa53c94fe810a2150dd9e07ddb";
    };
  };
  kubelet = {
    "1.35.0" = {
      amd64 = "sha256-2f4ed7778681649b81244426c29c5d98df60ccabf83d561d69e61c1cbb943ddf";
      arm64 = "sha256-aa658d077348b43d238f50966a583f4244b2a7d45590c77b3b165b7d44983ab8";
    };
    "1.35.1" = {
      amd64 = "sha256-e7343310e03ff0d424df4397bdfa4468947d6d1f0f93dac586c1e8d6e4086d5d";
      arm64 = "sha256-73475c6db8fd8a9780b1b378fa2f917875e6146166c24603c1abc6eafd4493a8";
    };
    "1.35.2" = {
      amd64 = "sha256-20887f461c0de96b0cb14c7af6b897f92d424ac078f8642f98e83ef52a0bf03e";
      arm64 = "sha256-eaf11f9c20c385624775671662e127b083c9b5d0b451fd613f9468e09ca5656c";
    };
    "1.35.3" = {
      amd64 = "sha256-28d570423eaad5f1f5658a646bd8c015c786c95d62ffaf14bf35fa0c4326fa05";
      arm64 = "sha256-58496a5d16d4316b18397735190d2d41e0c368169ecb458d91b09f4cd1e03c80";
    };
    "1.35.4" = {
      amd64 = "sha256-983a6ba5a49823dcdd745c674e5e2416377dd27d6ad1b42d2befa0fb961a19f6";
      arm64 = "sha256-d710eef03bb4ad164bb77af9be5b11b44f874e2fc08153c7d383420d685f73e8";
    };
    "1.35.5" = {
      amd64 = "sha256-4ba1f892bd52fdae7cd2abb1b1111054ff274c71f88af0a85fd9f1107e8d46c8";
      arm64 = "sha256-a100cfe89d7dd7a49a07164c6ccb78df02563483ef5b37330e1150e37e8868b3";
    };
    "1.35.6" = {
      amd64 = "sha256-f320e9485cdb8fd190ab45efd3c3e29f6fcf4ad1a4c610a058d8f0b6bcd34a3a";
      arm64 = "sha256-b45c8b2b8a46a92028fcd68571aa38c839b64e38e199da23e1f37dcbe9f3399b";
    };
    "1.35.7" = {
      amd64 = "sha256-e48cbb9c62351aa95f455bdae3c9a9e9d7d644027c231ade7a67b868b2be3258";
      arm64 = "sha256-0dc3f53fc51f6a6c26c437ec9eded016106ef931db2dd9b3905c656796bed438";
    };
    "1.35.8" = {
      amd64 = "sha256-6971b9f95e54dbed67a2271abe6e78f8cc2894494649f3cf39e4b25a82dca923";
      arm64 = "sha256-7744f84c49df6dff7d0a0471f9acef31568c02459659de83aa279cf3a04b1714";
    };
  };
  kubectl = {
    "1.35.0" = {
      amd64 = "sha256-a2e984a18a0c063279d692533031c1eff93a262afcc0afdc517375432d060989";
      arm64 = "sha256-58f82f9fe796c375c5c4b8439850b0f3f4d401a52434052f2df46035a8789e25";
    };
    "1.35.1" = {
      amd64 = "sha256-36e2f4ac66259232341dd7866952d64a958846470f6a9a6a813b9117bd965207";
      arm64 = "sha256-706256e21a4e9192ee62d1a007ac0bfcff2b0b26e92cc7baad487a6a5d08ff82";
    };
    "1.35.2" = {
      amd64 = "sha256-924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277";
      arm64 = "sha256-cd859449f54ad2cb05b491c490c13bb836cdd0886ae013c0aed3dd67ff747467";
    };
    "1.35.3" = {
      amd64 = "sha256-fd31c7d7129260e608f6faf92d5984c3267ad0b5ead3bced2fe125686e286ad6";
      arm64 = "sha256-6f0cd088a82dde5d5807122056069e2fac4ed447cc518efc055547ae46525f14";
    };
    "1.35.4" = {
      amd64 = "sha256-b529430df69a688fd61b64ad2299edb5fd71cb58be2a4779dba624c7d3510efd";
      arm64 = "sha256-6a5a4cc4e396d7626a7a693a3044b51c75520f81db30fe6816c2554e53be336f";
    };
    "1.35.5" = {
      amd64 = "sha256-90f75ea6ecc9ea5633262e1c0b83a40560003b30fc94a04cb099404fcef0c224";
      arm64 = "sha256-ac69e06fd6860d69786692f5af1c3a1208ed54f8366a4d97ab15c172e99765ee";
    };
    "1.35.6" = {
      amd64 = "sha256-5d11e2ba01ea68ffd053f56e27738e2b4330013ee67f7e46c6da6c585d3c9926";
      arm64 = "sha256-c0f97f31c9ddc22d4951d543a1a7125a9af4b31e895ad4aa99899c4ba2a6ff0b";
    };
    "1.35.7" = {
      amd64 = "sha256-12e97f9d23a9f6cbb87b89becd6bd291e1a858a3379a4e11e2c822c4c1530052";
      arm64 = "sha256-5103d45b8881434d417694057b8ccb5ae79fd310a5c5c13e403c5e62e15909be";
    };
    "1.35.8" = {
      amd64 = "sha256-874d5e72dbb819f43cff16bcd1e4f8bac5b7f2361fe1e55049b0a6c676fb0cbf";
      arm64 = "sha256-cc749967b62f4422260bc9c0aa7a7c55f45175ae38cb8d95767b5d2b7e04c1fd";
    };
  };
}
