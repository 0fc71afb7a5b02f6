// Sessions and their filters that change behind the tables that a board keeps for its start: kept_scenes.ts.
import { awaySession, type Scene } from './kept_stage'

export const SESSION_SCENES: Scene[] = [
  {
    name: 'a filter has other options, one is gone, one is another session\'s',
    before: async (stage) => {
      await stage.enter('hall')
      for (const filter of ['a', 'a/+', 'door', 'b/#']) await stage.subscribe('hall', filter, 1)
      await awaySession(stage, 'attic', 'a/b', 1)
    },
    behind: async (stage) => {
      await stage.subscribe('hall', 'a', 2)
      await stage.unsubscribe('hall', 'a/+')
      await stage.unsubscribe('hall', 'door')
      await stage.enter('cellar')
      for (const filter of ['door', 'a/c', '#']) await stage.subscribe('cellar', filter, 1)
    },
  },
  {
    name: 'a session begins anew, and another has its row',
    before: async (stage) => {
      for (const name of ['hall', 'attic', 'cellar']) await awaySession(stage, name, 'a/b', 1)
      await stage.enter('sender', true)
      await stage.publish('sender', 'a/b', 'waits', 1, false)
    },
    behind: async (stage) => {
      for (const name of ['hall', 'attic']) await stage.enter(name, true)
      await stage.leave('hall')
      await stage.enter('porch')
      await stage.subscribe('porch', 'door', 1)
      await stage.enter('hall')
    },
  },
  {
    name: 'a session that ends with its connection had more filters than memory has room for',
    before: async (stage) => {
      await stage.enter('panel', true)
      for (let count = 0; count < 200; count++) await stage.subscribe('panel', `a/b/panel/${count}/of/many/filters`, 1)
      await stage.subscribe('panel', '$SYS/#', 0)
      await awaySession(stage, 'hall', 'a/b', 1)
    },
    behind: async (stage) => {
      await stage.subscribe('panel', 'a/c', 1)
      await awaySession(stage, 'attic', 'a/c', 1)
    },
  },
  {
    name: 'the session that came last had many filters, and is over',
    before: async (stage) => {
      await awaySession(stage, 'attic', 'a/1', 1)
      await stage.enter('hall')
      for (let count = 0; count < 40; count++) await stage.subscribe('hall', `a/${count}`, 1)
      await stage.subscribe('hall', 'door', 1)
      await stage.enter('hall', true)
      await stage.leave('hall')
    },
    behind: stage => stage.publish('attic', 'a', 'kept', 1, true),
  },
  {
    name: 'a session with many filters ends behind the tables, and begins anew',
    before: async (stage) => {
      await stage.enter('hall')
      for (let count = 0; count < 40; count++) await stage.subscribe('hall', `a/${count}`, 1)
      await stage.subscribe('hall', 'door', 1)
      await awaySession(stage, 'attic', 'a/b', 1)
    },
    behind: async (stage) => {
      await stage.enter('hall', true)
      await awaySession(stage, 'hall', 'a', 1)
    },
  },
]
