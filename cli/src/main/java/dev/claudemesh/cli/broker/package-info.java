/// `claudemesh broker`: the server, started from here.
package dev.claudemesh.cli.broker;
