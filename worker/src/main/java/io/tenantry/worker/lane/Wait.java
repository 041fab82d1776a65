package io.tenantry.worker.lane;

/**
 * Why a task waits.
 *
 * @param subject what exactly, for the log: a server, a schema, a version. Many tasks wait at once, so pass an existing
 *     text rather than build one.
 */
public record Wait(WaitReason reason, String subject) {}
