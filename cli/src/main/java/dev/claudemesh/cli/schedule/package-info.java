/// Commands about messages that are sent later.
package dev.claudemesh.cli.schedule;
