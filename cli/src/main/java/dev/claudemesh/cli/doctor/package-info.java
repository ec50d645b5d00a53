/// `claudemesh doctor`: what is wrong on this machine, and the command that mends it.
package dev.claudemesh.cli.doctor;
