package main

import (
	"github.com/spf13/pflag"
	"k8s.io/kubernetes/cmd/kube-proxy/app"
)

// Options.Complete (cmd/kube-proxy/app/options.go) puts the file in the place of all that flags have said, and returns
// to these, and to those of the log.
var heeded = map[string]bool{
	"cleanup": true, "config": true, "hostname-override": true, "init-only": true, "master": true,
	"write-config-to": true,
}

func load() component {
	return component{
		name:    "kube-proxy",
		command: app.NewProxyCommand(),
		heeds:   func(f *pflag.Flag) bool { return heeded[f.Name] },
	}
}

func extra() {}
