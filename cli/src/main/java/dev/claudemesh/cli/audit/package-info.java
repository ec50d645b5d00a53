/// Commands about the audit: what happened, whether it still stands as it was written, and a copy
/// of it that can be checked without a broker.
package dev.claudemesh.cli.audit;
