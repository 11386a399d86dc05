import { layoutSequence, PICTURE, shortenPath } from '../../src/pages/sequence-layout';
import { DESTINATION_MISSING, SUCCESS, XSUAA_HANGING } from './models';

describe('layoutSequence', () => {
  it('draws a life line for each party that occurs, in the order in which a request travels', () => {
    expect(layoutSequence(SUCCESS.hops).lifeLines.map(({ party }) => party)).toEqual([
      'browser',
      'frontend',
      'xsuaa',
      'destination-service',
      'backend',
    ]);
    expect(layoutSequence(XSUAA_HANGING.hops).lifeLines.map(({ party }) => party)).toEqual([
      'browser',
      'frontend',
      'xsuaa',
    ]);
  });

  it('numbers the arrows from one, each below the other, inside the picture', () => {
    const { arrows, height } = layoutSequence(SUCCESS.hops);
    expect(arrows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(arrows.map(({ y }) => y)).toEqual(arrows.map(({ y }) => y).toSorted((one, other) => one - other));
    expect(Math.max(...arrows.map(({ y }) => y))).toBeLessThan(height);
  });

  it('lets an arrow begin and end on the life lines of its parties, also from right to left', () => {
    const { arrows, lifeLines } = layoutSequence(SUCCESS.hops);
    const x = Object.fromEntries(lifeLines.map((line) => [line.party, line.x]));
    expect(arrows[3]).toMatchObject({ from: x['destination-service'], to: x['xsuaa'] });
  });

  it('keeps heads and labels inside the picture', () => {
    const { arrows, lifeLines, headWidth } = layoutSequence(DESTINATION_MISSING.hops);
    for (const { x } of lifeLines) {
      expect(x - headWidth / 2).toBeGreaterThanOrEqual(0);
      expect(x + headWidth / 2).toBeLessThanOrEqual(PICTURE.width);
    }
    for (const { labelX, path, hop } of arrows) {
      const half = ((hop.method.length + 1 + path.length) * PICTURE.character) / 2;
      expect(labelX - half).toBeGreaterThanOrEqual(0);
      expect(labelX + half).toBeLessThanOrEqual(PICTURE.width);
    }
  });

  it('copes with a request that made no call', () => {
    expect(layoutSequence([])).toMatchObject({ lifeLines: [], arrows: [] });
  });
});

describe('shortenPath', () => {
  it('leaves a path that fits as it is', () => {
    expect(shortenPath('/oauth/token', 12)).toBe('/oauth/token');
  });

  it('drops leading segments until the rest fits', () => {
    expect(shortenPath('/destination-configuration/v1/destinations/mine', 20)).toBe('…/destinations/mine');
  });

  it('keeps the query with the last segment', () => {
    expect(shortenPath('/v1/destinations/mine?$skipTokenRetrieval=true&a=/b', 36)).toBe(
      '…/mine?$skipTokenRetrieval=true&a=/b',
    );
  });

  it('cuts the end where one segment is too long by itself', () => {
    expect(shortenPath('/token_keys?zid=5f9c2d1e-8f3b', 16)).toBe('/token_keys?zid…');
  });
});
