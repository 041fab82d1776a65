package io.tenantry.worker.lane;

/**
 * Why a task waits.
 *
 * @param subject what exactly, for the log: a server, a schema, a version. Many tasks wait at once, so it should be a text
 *     that is there already.
 */
public record Wait(WaitReason reason, String subject) {}
