package main

import (
	"github.com/spf13/pflag"
	cliflag "k8s.io/component-base/cli/flag"
	_ "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
)

// The command keeps its flags to itself, so they are put together as NewKubeletCommand does it (cmd/kubelet/app).
func load() component {
	flags := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	flags.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	options.NewKubeletFlags().AddFlags(flags)
	configuration, err := options.NewKubeletConfiguration()
	if err != nil {
		panic(err)
	}
	options.AddKubeletConfigFlags(flags, configuration)
	options.AddGlobalFlags(flags)
	flags.BoolP("help", "h", false, "")
	return component{name: "kubelet", flags: flags}
}

func extra() {}
