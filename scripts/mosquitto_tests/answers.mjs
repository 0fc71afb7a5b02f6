// What tests of mosquitto's broker need that Midge has not, and where Midge's answer is another one.

/**
 * Tests that are not run: `of` matches a test's name or its text.
 * @type {{ of: RegExp, needs: string }[]}
 */
export const NEEDS = [
  { of: /test_plugin\(|\bc\/[\w-]+\.so/, needs: 'a plug-in of C' },
  { of: /^20-sparkplug|plugin_sparkplug_aware/, needs: 'a plug-in of C for Sparkplug' },
  { of: /^08-tls-psk-(pub|bridge)$/, needs: 'a program of C that mosquitto builds' },
  { of: /^22-http-api/, needs: 'mosquitto\'s HTTP API; /metrics and /health are Midge\'s' },
  { of: /--tls-keylog/, needs: '--tls-keylog' },
]

const ASSIGNED = 'gives another Client Identifier [MQTT-3.1.3-6]'
const LEVELS = 'takes a topic of more than 200 levels: the standard has no limit [4.7.3]'
const IDENTIFIERS = 'takes other Packet Identifiers: any that is not in use [MQTT-2.2.1-3]'
const BRIDGE = 'its bridge connects with other Properties, subscribes once for all topics, under an identifier of its '
  + 'own, and says in 5.0 where a message has been [3.1.2.11, 3.8.3, 3.3.2.3.7]'
const UNSAID = 'takes a connection of whose client the proxy says nothing for the proxy\'s own [PROXY protocol 2.2]'
const UPGRADE = 'writes websocket where the test has WebSocket: letters\' case does not count [RFC 6455 4.2.2]'
/** All else of the test must be so: a broker's log and the status of a program that fails are in no standard. */
export const LOG = 'says it in a sentence of its own in the log'

/**
 * Tests that want another answer: by name, what Midge does and what allows it.
 * @type {Record<string, string>}
 */
export const ANSWERS = {
  '01-connect-auto-id': ASSIGNED,
  '01-connect-zero-length-id': ASSIGNED,
  '02-shared-qos0-v5': 'gives a shared message to another member: the Server chooses [4.8.2]',
  '02-subpub-qos0-long-topic': LEVELS,
  '02-subpub-qos1-message-expiry': IDENTIFIERS,
  '02-subpub-qos1-oversize-payload': 'refuses the payload with 0x83: 0x95 is none of PUBACK\'s [3.4.2.1]',
  '02-subscribe-long-topic': LEVELS,
  '03-publish-c2b-disconnect-qos2': 'answers a PUBREL of an exchange that is over with 0x92 [3.7.2.1]',
  '03-publish-long-topic': LEVELS,
  '03-publish-qos1-max-inflight-expire': IDENTIFIERS,
  '03-publish-qos2-reuse-mid':
    'takes a PUBLISH under an identifier that is in use for the same one again [MQTT-4.3.3-10]',
  '04-retain-check-source-persist':
    'does not know over a restart who published what is retained, and sends it [docs/gateway.md]',
  '04-retain-check-source-persist-diff-port':
    'does not know over a restart who published what is retained, and sends it [docs/gateway.md]',
  '04-retain-upgrade-outgoing-qos': 'sends with the lower QoS of the two, always [MQTT-3.8.4-8]',
  '06-bridge-b2br-disconnect-qos1': BRIDGE,
  '06-bridge-b2br-disconnect-qos2': BRIDGE,
  '06-bridge-b2br-late-connection': BRIDGE,
  '06-bridge-b2br-late-connection-retain': BRIDGE,
  '06-bridge-b2br-remapping': BRIDGE,
  '06-bridge-br2b-disconnect-qos1': BRIDGE,
  '06-bridge-br2b-disconnect-qos2': BRIDGE,
  '06-bridge-br2b-remapping': BRIDGE,
  '06-bridge-config-reload': BRIDGE,
  '06-bridge-connack-qos-not-supported': BRIDGE,
  '06-bridge-connack-retain-not-supported': BRIDGE,
  '06-bridge-connack-v4-error': LOG,
  '06-bridge-connack-v5-bad-protocol-version': BRIDGE,
  '06-bridge-connack-v5-error': BRIDGE,
  '06-bridge-fail-persist-resend-qos1': BRIDGE,
  '06-bridge-fail-persist-resend-qos2': BRIDGE,
  '06-bridge-outgoing-retain': BRIDGE,
  '06-bridge-per-listener-settings': BRIDGE,
  '06-bridge-reconnect-local-out': BRIDGE,
  '06-bridge-remap-receive-wildcard': BRIDGE,
  '07-will-takeover': 'publishes the Will of a connection that was taken over, whose session goes on [MQTT-3.1.2-8]',
  '08-ssl-bridge': BRIDGE,
  '08-ssl-connect-cert-auth-crl': 'wants a list of revoked certificates of each authority of the chain, as Node does',
  '08-ssl-connect-cert-auth-expired': 'ends the connection without an alert of TLS, as Node does; nobody is let in',
  '08-ssl-connect-cert-auth-expired-allowed':
    'takes no certificate that has expired: disable_client_cert_date_checks is refused',
  '08-ssl-connect-cert-auth-revoked': 'ends the connection without an alert of TLS, as Node does; nobody is let in',
  '09-acl-change': IDENTIFIERS,
  '09-pwfile-parse-invalid': LOG,
  '11-message-expiry': IDENTIFIERS,
  '11-persistent-subscription-no-local': IDENTIFIERS,
  '11-subscription-id': IDENTIFIERS,
  '12-prop-assigned-client-identifier': ASSIGNED,
  '12-prop-maximum-packet-size-publish-qos1': IDENTIFIERS,
  '12-prop-maximum-packet-size-publish-qos2': IDENTIFIERS,
  '13-websocket-bad-origin': UPGRADE,
  '15-persist-client-msg-in-v3-1-1': 'hands a message of QoS 2 on with its PUBLISH and not with its PUBREL [4.3.3]',
  '15-persist-client-msg-in-v5-0': 'hands a message of QoS 2 on with its PUBLISH and not with its PUBREL [4.3.3]',
  '15-persist-client-msg-out-clear-v3-1-1': 'sets DUP in what was sent before the restart [MQTT-3.3.1-1]',
  '15-persist-client-msg-out-queue-v3-1-1': 'sets DUP in what was sent before the restart [MQTT-3.3.1-1]',
  '15-persist-client-msg-out-v3-1-1': 'sets DUP in what was sent before the restart [MQTT-3.3.1-1]',
  '15-persist-client-msg-out-v5-0': 'sets DUP in what was sent before the restart [MQTT-3.3.1-1]',
  '15-persist-client-will-clean':
    'publishes no Will for a client that was connected when the broker was killed: its connection was '
    + 'never closed [MQTT-3.1.2-8]',
  '15-persist-client-will-persistent':
    'publishes no Will for a client that was connected when the broker was killed: its connection was '
    + 'never closed [MQTT-3.1.2-8]',
  '15-persist-publish-properties-v5-0': 'gives Properties in another order, which they have none of [2.2.2]',
  '16-cmd-args': LOG,
  '16-config-missing': LOG,
  '16-config-parse-errors-tls': LOG,
  '16-config-parse-errors-tls-psk': LOG,
  '21-proxy-bad-version': LOG,
  '21-proxy-v1-bad': 'takes a port of 0: a header\'s ports go from 0 to 65535 [PROXY protocol 2.1]',
  '21-proxy-v1-success': LOG,
  '21-proxy-v2-bad-config':
    'takes certfile too: a proxy may hand on its clients\' TLS, behind the header [PROXY protocol 2]',
  '21-proxy-v2-bad-header': UNSAID,
  '21-proxy-v2-ipv4': LOG,
  '21-proxy-v2-ipv6': LOG,
  '21-proxy-v2-local': UNSAID,
  '21-proxy-v2-long-tlv': LOG,
  '21-proxy-v2-ssl-cipher': LOG,
  '21-proxy-v2-ssl-common-name-failure': LOG,
  '21-proxy-v2-ssl-common-name-success': LOG,
  '21-proxy-v2-ssl-require-cert-failure': LOG,
  '21-proxy-v2-ssl-require-cert-success': LOG,
  '21-proxy-v2-ssl-require-tls-failure': LOG,
  '21-proxy-v2-ssl-require-tls-success': LOG,
  '21-proxy-v2-unix': 'closes for a header shorter than its addresses, 216 bytes of AF_UNIX [PROXY protocol 2.2]',
  '21-proxy-v2-websockets': UPGRADE,
  '23-security-acl-file-reload':
    'goes on with the rules that it has where the file is no good, and says so [docs/gateway.md]',
}
