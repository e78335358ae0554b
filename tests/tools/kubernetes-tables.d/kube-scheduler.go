package main

import (
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func load() component {
	return component{
		name:    "kube-scheduler",
		command: app.NewSchedulerCommand(),
		// Options.ApplyTo (cmd/kube-scheduler/app/options) leaves out ApplyDeprecated, whose flags say so.
		heeds: func(f *pflag.Flag) bool {
			return !strings.Contains(f.Usage, "ignored if a config file is specified")
		},
	}
}

func extra() {}
