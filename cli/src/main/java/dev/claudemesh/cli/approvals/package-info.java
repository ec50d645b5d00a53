/// `claudemesh approve`: a person sees what sessions ask to be allowed, and decides.
package dev.claudemesh.cli.approvals;
