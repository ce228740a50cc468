import { expect, test } from '@jest/globals';
import { filled, routeOf, routesOf } from './routes.ts';

test('a line has a path and the methods that it is asked with', () => {
  expect(routesOf('GET|PATCH /notes/{id}')).toEqual([
    { method: 'GET', path: '/notes/{id}' },
    { method: 'PATCH', path: '/notes/{id}' },
  ]);
  expect(routeOf('POST /notes')).toEqual({ method: 'POST', path: '/notes' });
});

test('what is no route is refused', () => {
  for (const line of ['', '/notes', 'get /notes', 'GET notes', 'GET /notes and more', '|GET /notes'])
    expect(() => routesOf(line)).toThrow('is not a route');
  expect(() => routeOf('GET|POST /notes')).toThrow('must name one method');
});

test('names in braces are filled in and escaped', () => {
  expect(filled('/users/{owner}/notes/{id}', { owner: 'a/b', id: '1' })).toBe('/users/a%2Fb/notes/1');
});
