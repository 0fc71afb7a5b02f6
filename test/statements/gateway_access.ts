// What docs/gateway.md says of who may come in and do what, and what proves it.
import { by, type Statements } from './statements'

export const GATEWAY_ACCESS: Statements = {
  '| `jwt_keys_file`, `jwt_keys_url`': by('gateway/tokens_file: come to options of the realm'),
  '| `certificate_user` |': by('gateway/certificate_users: is read, word by word'),
  '`use_identity_as_username` takes the Common': by('gateway/mosquitto_files: certificates that are users'),
  'The fields are `cn`': by('gateway/certificate_users: names who has a name that fits, the first one',
    'gateway/certificate_users: lets in whom one names, by that name',
    'gateway/certificate_users: is judged in the library too'),
  'JSON Web Tokens, OAuth 2.0 access tokens': by('gateway/tokens: beside users, and a name alone proves nothing',
    'gateway/tokens: a token of another type, where one is wanted', 'gateway/docs: the tokens of the page'),
  '- **As a password**': by('gateway/tokens: signed by %s', 'gateway/tokens_end: lets in, and goes on past the end',
    'gateway/tokens_end: asks for the token where CONNECT has none'),
  '- **Keys** are public ones': by('gateway/tokens: signed by %s, with a key that both sides have',
    'gateway/tokens: has a public key for a secret', 'gateway/tokens: is not signed', 'gateway/tokens: %s as options'),
  '- **`jwt_keys_url`** is https': by('gateway/tokens_file: are refused: %s',
    'gateway/tokens_end: are fetched once, and anew when a token names another',
    'gateway/tokens_end: are those that there were while their server is away',
    'gateway/tokens_end: end after an hour without their server'),
  '- **A token must have an end**': by('gateway/tokens: a token that %s',
    'gateway/tokens_file: a gateway takes tokens by its file'),
  '- **What it may do**': by('gateway/tokens: is what its claims say, and goes with nobody else',
    'gateway/tokens: is what the rules for its user say where no claim does'),
  '- **Its end is the connection': by('gateway/tokens_end: ends the connection with its Will',
    'gateway/tokens_end: lets in, and goes on past the end', 'gateway/tokens_end: ends who renews by a token %s'),
  'In the library they are `tokens`': by('gateway/tokens: signed by %s', 'gateway/tokens: is no token'),
}
