/// The server: its composition root, and its life as a program.
package dev.claudemesh.broker;
